"""`unwire.Writer` and `Trace.records`: what is read, written and read again is equal, tshark agrees, and no half record is ever left."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import unwire
from conftest import ROOT, pcap


def records(source: Any) -> list[unwire.Record]:
    return list(unwire.open(source).records())


def written(items: Iterable[Any], **settings: Any) -> bytes:
    file = io.BytesIO()
    with unwire.Writer(file, **settings) as out:
        for item in items:
            out.write(item)
    return file.getvalue()


def essence(record: unwire.Record) -> tuple[Any, ...]:
    """What any container can hold."""
    return record.data, record.time_ns, record.len, record.link_type


def every_capture() -> list[Path]:
    kit = ROOT.parent / "shared" / "conformance" / "captures"
    found = [*sorted((ROOT / "tests" / "captures").iterdir()), ROOT / "examples" / "office.pcapng", *sorted(kit.rglob("*"))]
    return [path for path in found if path.is_file() and path.suffix not in (".md", ".py", ".txt")]


def test_reading_writing_and_reading_every_capture_is_identity() -> None:
    compared = 0
    for path in every_capture():
        try:
            first = records(path)
        except unwire.CaptureError:
            continue
        again = records(written(first))
        if first and first[0].interface_id is not None:
            assert again == first, path.name
            assert [record.interface for record in again] == [record.interface for record in first], path.name
        else:
            assert list(map(essence, again)) == list(map(essence, first)), path.name
        compared += len(first)
    assert compared > 1000


def test_blocks_go_with_their_records() -> None:
    """Names, secrets and statistics are copied as they stood, before the packet they stood before."""
    kept = 0
    for path in every_capture():
        try:
            info = unwire.open(path).info()[0]
        except unwire.CaptureError:
            continue
        blocks = [(kind, before, data) for kind, before, _, data in info.blocks() if kind in (1, 4, 5, 10)]
        if info.format()["container"] == "pcapng" and records(path):
            again = unwire.open(written(records(path))).info()[0].blocks()
            assert [(kind, before, data) for kind, before, _, data in again if kind in (1, 4, 5, 10)] == blocks, path.name
            kept += len(blocks)
    assert kept


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
@pytest.mark.parametrize("format", ["pcapng", "pcap", "snoop"])
def test_tshark_reads_the_same(format: str, tmp_path: Path, office: Path) -> None:
    out = tmp_path / "out"
    with unwire.Writer(out, format=format) as writer:  # type: ignore[arg-type]
        for record in unwire.open(office).records():
            writer.write(record)

    def seen(path: Path) -> list[str]:
        fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.md5_hash"]
        command = ["tshark", "-n", "-r", str(path), "-o", "frame.generate_md5_hash:TRUE", "-T", "fields"]
        command += [word for field in fields for word in ("-e", field)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()

    expected = seen(office)
    if format == "snoop":
        expected = [line.split("\t")[0][:-3] + "000\t" + line.split("\t", 1)[1] for line in expected]
    assert seen(out) == expected
    assert subprocess.run(["capinfos", str(out)], capture_output=True, check=False).returncode == 0


FORMATS = [
    {"format": "pcap"},
    {"format": "pcap", "big_endian": True},
    {"format": "pcap", "nanoseconds": False},
    {"format": "pcapng"},
    {"format": "pcapng", "big_endian": True},
    {"format": "snoop"},
]


@pytest.mark.parametrize("settings", FORMATS, ids=lambda s: "-".join(map(str, s.values())))
def test_every_format_keeps_time_and_lengths(settings: dict[str, Any]) -> None:
    made = [unwire.Record(b"packet", 1_700_000_000_123_456_000, 1500), unwire.Record(b"", 5_000, 0), unwire.Record(b"odd", 4_294_967_295 * 10**9)]
    assert list(map(essence, records(written(made, **settings)))) == list(map(essence, made))


def test_several_interfaces_comments_and_clocks() -> None:
    file = io.BytesIO()
    with unwire.Writer(file) as out:
        wire = out.add_interface(1, name="eth0", description="the wire")
        radio = out.add_interface(105, name="wlan0", nanoseconds=False)
        out.write(b"one", time_ns=1_000_000_001, interface=wire, comment="first")
        out.write(b"two", time=2.000001, interface=radio, comment=["second", "too"])
        out.write(b"three", time=datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC), len=60)
        out.write(b"four", time=Decimal("4.000000004"), link=101)
    one, two, three, four = records(file.getvalue())
    assert [record.time_ns for record in (one, two, three, four)] == [1_000_000_001, 2_000_001_000, 3 * 10**9, 4_000_000_004]
    assert [record.interface_id for record in (one, two, three, four)] == [0, 1, 0, 2]
    assert [record.link_type for record in (one, two, three, four)] == [1, 105, 1, 101]
    assert (one.comments, two.comments, three.len, three.cap_len) == (["first"], ["second", "too"], 60, 5)
    assert one.interface is not None and (one.interface.name, one.interface.description) == ("eth0", "the wire")
    assert two.interface is not None and two.interface.resolution == 6


def test_captures_are_merged_into_one_section(office: Path) -> None:
    first, second = records(office), records(pcap(b"x" * 20, b"y" * 20))
    mixed = [record for pair in zip(first, second, strict=False) for record in pair]
    data = written(mixed)
    assert list(map(essence, records(data))) == list(map(essence, mixed))
    assert len(unwire.open(data).info()[0].sections()) == 1


def test_captures_of_two_byte_orders_get_a_section_each() -> None:
    little, big = (records(written([unwire.Record(b"abcd", 7)], big_endian=order)) for order in (False, True))
    data = written([*little, *big, *little])
    assert list(map(essence, records(data))) == [(b"abcd", 7, 4, 1)] * 3
    assert [section["byte_order"] for section in unwire.open(data).info()[0].sections()] == ["little", "big", "little"]


def test_frames_and_packets_are_written_too(office: Path) -> None:
    class Packet:
        def __bytes__(self) -> bytes:
            return b"packed"

    frames = list(unwire.open(office))
    assert [(r.time_ns, r.len, r.data) for r in records(written(frames))] == [(f.time_ns, f.len, bytes(f)) for f in frames]
    before = datetime.now(UTC).timestamp()
    (record,) = records(written([Packet()]))
    assert record.data == b"packed" and record.time_ns is not None and record.time_ns / 1e9 >= before - 1


@pytest.mark.parametrize("settings", FORMATS, ids=lambda s: "-".join(map(str, s.values())))
def test_append_goes_on_as_the_file_began(settings: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "capture"
    made = [unwire.Record(bytes([number]) * number, number * 10**9, number + 3) for number in range(1, 5)]
    for record in made:
        with unwire.Writer(path, append=True, **{**settings, "big_endian": settings.get("big_endian", False) if record is made[0] else False}) as out:
            out.write(record)
    assert list(map(essence, records(path))) == list(map(essence, made))
    assert path.read_bytes() == written(made, **settings)
    with path.open("r+b") as file, unwire.Writer(file, append=True, format=settings["format"]) as out:
        out.write(made[0])
    assert len(records(path)) == 5


def test_append_refuses_what_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "capture.pcap"
    path.write_bytes(pcap(b"x"))
    for settings, text in [
        ({"format": "pcapng"}, "the file is pcap"),
        ({"link": 101}, "link type 1, not 101"),
        ({"nanoseconds": True}, "counts microseconds"),
    ]:
        with pytest.raises(unwire.WriteError, match=text):
            unwire.Writer(path, append=True, **settings)  # type: ignore[arg-type]
    path.write_bytes(pcap(b"whole")[:-2])
    with pytest.raises(unwire.WriteError, match=r"damaged at byte 24 \(torn_tail\)"):
        unwire.Writer(path, append=True)
    path.write_bytes(b"no capture at all")
    with pytest.raises(unwire.CaptureError):
        unwire.Writer(path, append=True)


def test_a_path_is_written_beside_and_renamed(tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    with unwire.Writer(path) as out:
        out.write(b"x")
        assert not path.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["out.pcap"]
    with pytest.raises(FileExistsError, match="force=True"):
        unwire.Writer(path)
    before = path.read_bytes()
    with pytest.raises(KeyError), unwire.Writer(path, force=True) as out:
        out.write(b"y")
        raise KeyError
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1
    path.chmod(0o640)
    with unwire.Writer(path, force=True) as out:
        out.write(b"z")
    assert [record.data for record in records(path)] == [b"z"] and path.stat().st_mode & 0o777 == 0o640


def test_what_a_format_cannot_hold_is_refused_or_counted() -> None:
    with_comment = unwire.Record(b"x", 1_000_000_001, comments=["note"])
    out = unwire.Writer(io.BytesIO(), format="pcap", nanoseconds=False)
    out.write(with_comment)
    assert out.lost == {"options": 1, "nanoseconds": 1}
    for wrong, text in [
        (unwire.Record(b"x", 0, link_type=101), "link type 1 and the record 101"),
        (unwire.Record(b"x", -1), "cannot express -1 ns"),
        (unwire.Record(b"x"), "no time"),
    ]:
        with pytest.raises(unwire.WriteError, match=text):
            out.write(wrong)
    with pytest.raises(unwire.WriteError, match="comments"):
        out.write(b"x", comment="text")
    with pytest.raises(unwire.WriteError, match="no number for link type 113"):
        unwire.Writer(io.BytesIO(), format="snoop").write(unwire.Record(b"x", 0, link_type=113))
    with pytest.raises(ValueError, match="length on the wire"):
        out.write(b"four", len=3)
    with pytest.raises(TypeError):
        out.write("text")


@pytest.mark.parametrize("format", ["pcap", "pcapng", "snoop"])
def test_a_target_that_fails_half_way_keeps_whole_records(format: str) -> None:
    class Full(io.BytesIO):
        room = 0

        def write(self, data: Any) -> int:
            taken = min(len(data), 11, self.room - self.tell())
            if taken <= 0:
                raise OSError(28, "No space left on device")
            return super().write(bytes(data)[:taken])

    made = [unwire.Record(b"ten bytes.", number) for number in range(5)]
    whole = written(made, format=format)
    for room in range(len(whole)):
        disk = Full()
        disk.room = room
        out = unwire.Writer(disk, format=format)  # type: ignore[arg-type]
        for record in made:
            out.write(record)
        with pytest.raises(OSError, match="No space"):
            out.flush()
        kept = disk.getvalue()
        assert whole.startswith(kept)
        if kept:
            info = unwire.open(kept).info()[0]
            assert not info.loss()["reasons"], room
        # What it did not get is still there for another try.
        disk.room = 10_000
        out.close()
        assert disk.getvalue() == whole


def test_a_full_disk_leaves_nothing_in_place(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device
        pytest.skip("no /dev/full here")
    with pytest.raises(OSError, match="No space"), unwire.Writer("/dev/full", format="pcap") as out:
        out.write(b"x")


def test_records_can_be_made_compared_and_hashed() -> None:
    one, same = (unwire.Record(b"abc", 5, 9, 1, ["note"]) for _ in range(2))
    assert one == same and hash(one) == hash(same) and one != unwire.Record(b"abc", 5)
    assert (bytes(one), one.len, one.cap_len, one.comments, one.options) == (b"abc", 9, 3, ["note"], [(1, b"note")])
    assert repr(one) == "<Record 0 1970-01-01T00:00:00.000000005Z 9 bytes, 3 captured>"
    with pytest.raises(AttributeError):
        one.len = 4  # type: ignore[misc]


def test_obsolete_packet_blocks_keep_their_drop_count() -> None:
    def block(kind: int, body: bytes) -> bytes:
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0))
    data += block(2, struct.pack("<HHIIII", 0, 17, 0, 5, 4, 4) + b"abcd")
    (record,) = records(data)
    assert record.options == [(4, struct.pack("<Q", 17))]
    assert records(written([record])) == [record]


@pytest.mark.parametrize(("ending", "magic"), [(".gz", "1f8b08"), (".bz2", "425a68"), (".xz", "fd377a585a00")])
def test_what_is_named_as_compressed_is_compressed(ending: str, magic: str, tmp_path: Path, office: Path) -> None:
    for kind in ("pcap", "pcapng", "snoop"):
        out = tmp_path / f"x.{kind}{ending}"
        with unwire.Writer(out) as writer:
            for record in unwire.open(office).records():
                writer.write(record)
        assert out.read_bytes().startswith(bytes.fromhex(magic))
        assert unwire.open(out).info()[0].format()["container"] == kind
        # Snoop has microseconds.
        assert [(record.data, record.len) for record in records(out)] == [(record.data, record.len) for record in records(office)]
    first = out.read_bytes()
    unwire.open(office).packets().slice(out, force=True)
    assert out.read_bytes() == first
    assert [path for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_compressed_names_that_cannot_be_kept_are_refused(tmp_path: Path, office: Path) -> None:
    for ending in (".zst", ".lz4"):
        with pytest.raises(unwire.UnwireError, match="read and not written"):
            unwire.Writer(tmp_path / f"x.pcap{ending}")
    with pytest.raises(ValueError, match="nothing is appended"):
        unwire.Writer(tmp_path / "x.pcap.gz", append=True)
    with pytest.raises(ZeroDivisionError), unwire.Writer(tmp_path / "x.pcap.gz") as writer:
        writer.write(next(unwire.open(office).records()))
        1 / 0  # noqa: B018 - the exception of a block
    assert list(tmp_path.iterdir()) == []
