"""pcapng in dpkt's shape: equal to dpkt on what dpkt reads rightly, and right where it is not: clocks, simple packets, later sections."""

from __future__ import annotations

import io
import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from unwire.dpkt import pcapng
from unwire.errors import NeedData, RangeError, UnpackError


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str = "<", major: int = 1) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, major, 0, -1), order)


def interface(options: bytes = b"", order: str = "<", link: int = 1, snaplen: int = 0) -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def packet(ticks: int, data: bytes, order: str = "<", id: int = 0, kind: int = 6, wire: int | None = None) -> bytes:
    head = struct.pack(order + ("I" if kind == 6 else "HH"), *((id,) if kind == 6 else (id, 0)))
    return block(kind, head + struct.pack(order + "IIII", ticks >> 32, ticks & 0xFFFFFFFF, len(data), wire or len(data)) + data, order)


def read(*blocks: bytes) -> list[tuple[Any, bytes]]:
    return pcapng.Reader(io.BytesIO(b"".join(blocks))).readpkts()


@pytest.mark.parametrize("order", ["<", ">"])
def test_reads_both_byte_orders_and_the_obsolete_block(order: str) -> None:
    assert read(section(order), interface(order=order), packet(1_500_000, b"abc", order), packet(2_000_001, b"de", order, kind=2)) == [
        (1.5, b"abc"),
        (2.000001, b"de"),
    ]


def test_every_interface_has_its_own_clock() -> None:
    nano, power, offset = option(9, b"\x09"), option(9, b"\x8a"), option(14, struct.pack("<q", 1000))
    blocks = [section(), interface(), interface(nano), interface(power), interface(offset)]
    blocks += [packet(ticks, b"", id=id) for id, ticks in enumerate((2_000_000, 3_000_000_000, 4096, 5_000_000))]
    assert [ts for ts, _ in read(*blocks)] == [2.0, 3.0, 4.0, 1005.0]


def test_simple_packets_and_later_sections_are_read() -> None:
    simple = block(3, struct.pack("<I", 5) + b"three")
    assert read(section(), interface(), simple, section(">"), interface(option(9, b"\x09", ">"), ">"), packet(10**9, b"big", ">")) == [
        (0.0, b"three"),
        (1.0, b"big"),
    ]
    assert read(section(), interface(snaplen=3), simple) == [(0.0, b"thr")]


def test_blocks_of_other_kinds_are_passed_over() -> None:
    assert read(section(), block(4, bytes(4)), interface(), block(0xBAD, b"data"), packet(0, b"x"), block(5, bytes(12))) == [(0.0, b"x")]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "invalid pcapng header"),
        (bytes(28), "invalid pcapng header: not a SHB"),
        (section()[:8] + bytes(4) + section()[12:], "unknown endianness"),
        (section(major=7), "unknown pcapng version 7.0"),
        (section() + b"aaaa", "IDB not found"),
        (section() + bytes(8), "IDB not found"),
    ],
)
def test_what_is_no_pcapng(data: bytes, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        pcapng.Reader(io.BytesIO(data))


def test_damage_is_an_error_and_the_next_packet_can_still_be_read() -> None:
    torn = bytearray(packet(0, b"bad!"))
    torn[-4:] = bytes(4)
    reader = pcapng.Reader(io.BytesIO(section() + interface() + bytes(torn) + packet(1_000_000, b"good")))
    with pytest.raises(UnpackError, match=r"^length fields do not match$"):
        reader.readpkts()
    assert reader.readpkts() == [(1.0, b"good")]


def test_a_block_without_length_ends_in_an_error_not_in_a_loop() -> None:
    for kind in (6, 4):
        reader = pcapng.Reader(io.BytesIO(section() + interface() + struct.pack("<II", kind, 0) + bytes(40)))
        with pytest.raises(UnpackError, match="block length is zero"):
            reader.readpkts()


def test_a_cut_packet_needs_data_and_a_cut_block_of_another_kind_ends() -> None:
    whole = section() + interface()
    for cut in range(1, 40):
        reader = pcapng.Reader(io.BytesIO(whole + packet(0, b"12345678")[:cut]))
        if cut < 8:
            assert reader.readpkts() == []
        else:
            with pytest.raises(NeedData):
                reader.readpkts()
    assert read(whole, packet(0, b"x"), block(4, bytes(20))[:17]) == [(0.0, b"x")]


def test_what_is_written_is_read_and_is_what_dpkt_writes() -> None:
    dpkt = pytest.importorskip("dpkt")
    packets = [(0, b""), (1.5, b"odd"), (1454725786.526401, b"data"), (2**33, b"far")]
    ours, theirs = io.BytesIO(), io.BytesIO()
    for file, module in ((ours, pcapng), (theirs, dpkt.pcapng)):
        writer = module.Writer(file, snaplen=9, linktype=113)
        writer.writepkt(b"single", 1)
        writer.writepkts(packets)
        writer.writepkt_time(b"timed", 2)
    assert ours.getvalue() == theirs.getvalue()
    reader = pcapng.Reader(io.BytesIO(ours.getvalue()))
    assert (reader.snaplen, reader.datalink(), reader.dloff) == (9, 113, 16)
    assert reader.readpkts() == [(1.0, b"single"), *((float(ts), data) for ts, data in packets), (2.0, b"timed")]


def test_times(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    writer = pcapng.Writer(file)
    monkeypatch.setattr("unwire.dpkt.pcapng.time", lambda: 4.25)
    writer.writepkt(b"now")
    writer.writepkt(b"exact", Decimal("5.000001"))
    with pytest.raises(RangeError):
        writer.writepkt(b"x", -1)
    assert pcapng.Reader(io.BytesIO(file.getvalue())).readpkts() == [(4.25, b"now"), (5.000001, b"exact")]
    with pytest.raises(ValueError, match=r"^shb: expecting class SectionHeaderBlock$"):
        pcapng.Writer(io.BytesIO(), shb=10)


def test_equals_dpkt_on_the_public_captures_that_dpkt_reads_rightly(kit: Path) -> None:
    """Dpkt knows one clock and one section and no simple packets; captures with more are not compared."""
    dpkt = pytest.importorskip("dpkt")
    compared = skipped = 0
    for path in sorted((kit / "captures").rglob("*")):
        if not path.is_file() or path.read_bytes()[:4] != b"\n\r\r\n":
            continue
        with path.open("rb") as file:
            expected: Any
            try:
                expected = [(ts, bytes(data)) for ts, data in dpkt.pcapng.Reader(file)]
            except (dpkt.Error, ValueError) as error:
                expected = str(error)
        with path.open("rb") as file:
            got: Any
            try:
                got = list(pcapng.Reader(file))
            except (UnpackError, ValueError) as error:
                got = str(error)
        if path.name in DIFFERENT or _more_than_dpkt_knows(path.read_bytes()):
            skipped += 1
            continue
        assert got == expected, path.name
        compared += len(got)
    assert compared > 1000 and skipped


#: What dpkt makes of damage and unwire does not.
DIFFERENT = {
    "PcapPlusPlus__crash-pcapng-epb-unbounded-length": "a packet longer than its block: dpkt hands out the block's own length as data",
}


def _more_than_dpkt_knows(data: bytes) -> bool:
    order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    at, kinds = 0, []
    while at + 8 <= len(data):
        kind, length = struct.unpack_from(order + "II", data, at)
        kinds.append((kind, data[at + 16 : at + length - 4] if kind == 1 else b""))
        if length < 12 or kind == 3:
            return True
        at += length
    interfaces = {options for kind, options in kinds if kind == 1}
    return len(interfaces) > 1 or sum(kind == 0x0A0D0D0A for kind, _ in kinds) > 1
