"""pcap in dpkt's shape: equal to dpkt itself on every public capture, and right about the file's position, pipes and torn tails."""

from __future__ import annotations

import gc
import io
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import pcap as capture
from unwire.dpkt import pcap
from unwire.errors import Error, NeedData, PackError, RangeError, UnpackError

THREE = capture(b"one", b"second", b"", seconds=1)
PACKETS = [(1.0, b"one"), (2.0, b"second"), (3.0, b"")]


def written(packets: list[tuple[Any, bytes]], **settings: Any) -> bytes:
    file = io.BytesIO()
    writer = pcap.Writer(file, **settings)
    for ts, data in packets:
        writer.writepkt(data, ts)
    return file.getvalue()


class Unseekable:
    """An object that has `read` and nothing else."""

    def __init__(self, data: bytes, most: int = 1 << 30) -> None:
        self.file, self.most = io.BytesIO(data), most

    def read(self, size: int) -> bytes:
        return self.file.read(min(size, self.most))


@pytest.mark.parametrize("wrap", [io.BytesIO, Unseekable, lambda data: Unseekable(data, 5)], ids=["seekable", "read only", "short reads"])
def test_reads_from_anything_with_read(wrap: Callable[[bytes], Any]) -> None:
    assert list(pcap.Reader(wrap(THREE))) == PACKETS


def test_attributes(tmp_path: Path) -> None:
    reader = pcap.Reader(io.BytesIO(THREE))
    assert (reader.name, reader.snaplen, reader.filter, reader.dloff, reader.datalink()) == ("<BytesIO>", 262144, "", 14, 1)
    with pytest.raises(NotImplementedError):
        reader.setfilter("tcp")
    path = tmp_path / "three.pcap"
    path.write_bytes(THREE)
    with path.open("rb") as file:
        reader = pcap.Reader(file)
        assert (reader.name, reader.fd, reader.fileno()) == (str(path), file.fileno(), file.fileno())


def test_every_iterator_goes_on_at_the_files_position() -> None:
    file = io.BytesIO(THREE)
    reader = pcap.Reader(file)
    assert next(iter(reader)) == PACKETS[0]
    assert next(reader) == PACKETS[1]
    assert file.tell() == 24 + 16 + 3 + 16 + 6
    assert reader.readpkts() == PACKETS[2:]
    assert reader.readpkts() == []
    file.seek(24)
    assert reader.readpkts() == PACKETS


def test_a_loop_that_is_left_gives_back_what_was_read_ahead(tmp_path: Path) -> None:
    path = tmp_path / "many.pcap"
    path.write_bytes(capture(*[bytes(100)] * 5000))
    with path.open("rb") as file:
        for count, _ in enumerate(pcap.Reader(file), 1):
            if count == 1000:
                break
        assert file.tell() == 24 + 1000 * 116
        with pytest.raises(KeyError):
            for _ in pcap.Reader(io.BytesIO(path.read_bytes())):
                raise KeyError
        reader = pcap.Reader(io.BytesIO(path.read_bytes()))
        iterator = iter(reader)
        next(iterator)
        iterator.close()  # type: ignore[attr-defined]
        assert len(reader.readpkts()) == 4999


def test_a_file_that_is_moved_inside_a_loop_is_followed_at_the_next_block() -> None:
    file = io.BytesIO(capture(*[bytes(1000)] * 200))
    seen = 0
    for _ in pcap.Reader(file):
        seen += 1
        if seen == 150:
            file.seek(24)
    assert seen > 200


def test_dispatch_and_loop() -> None:
    seen: list[tuple[Any, ...]] = []
    file = io.BytesIO(THREE)
    reader = pcap.Reader(file)
    assert reader.dispatch(2, lambda *given: seen.append(given), "and", 1) == 2
    assert seen == [(*PACKETS[0], "and", 1), (*PACKETS[1], "and", 1)]
    assert reader.dispatch(5, lambda *given: None) == 1
    assert reader.dispatch(0, lambda *given: None) == 0
    file.seek(24)
    assert reader.dispatch(-1, lambda *given: None) == 3
    assert reader.loop(lambda *given: None) is None


def test_a_pipe_delivers_a_record_as_soon_as_it_has_arrived() -> None:
    source, sink = os.pipe()
    arrived: list[bytes] = []
    step = threading.Event()
    with os.fdopen(source, "rb") as read, os.fdopen(sink, "wb", buffering=0) as write:

        def follow() -> None:
            for _, data in pcap.Reader(read):
                arrived.append(data)
                step.set()

        write.write(THREE[:24])
        reader = threading.Thread(target=follow)
        reader.start()
        for end, expected in ((24 + 19, b"one"), (24 + 19 + 22, b"second")):
            step.clear()
            write.write(THREE[24 if expected == b"one" else 24 + 19 : end])
            assert step.wait(10), "a whole record had arrived"
            assert arrived[-1] == expected
        write.write(THREE[24 + 19 + 22 :])
        write.close()
        reader.join(10)
    assert [data for _, data in PACKETS] == arrived


@pytest.mark.parametrize("wrap", [io.BytesIO, Unseekable], ids=["seekable", "read only"])
def test_cut_at_every_byte(wrap: Callable[[bytes], Any]) -> None:
    """As dpkt: a cut header needs data, a cut packet is short."""
    ends = [24, 43, 65, 81]
    for cut in range(len(THREE)):
        torn = wrap(THREE[:cut])
        if cut < 24:
            with pytest.raises(NeedData, match=f"got {cut}, 24 needed at least"):
                pcap.Reader(torn)
            continue
        reader, got = pcap.Reader(torn), []
        begin = max(end for end in ends if end <= cut)
        if 0 < cut - begin < 16:
            with pytest.raises(NeedData, match=f"got {cut - begin}, 16 needed at least"):
                got.extend(reader)
        else:
            got.extend(reader)
            whole = sum(end <= cut for end in ends) - 1
            expected = PACKETS[:whole]
            if cut > begin:
                expected.append((PACKETS[whole][0], PACKETS[whole][1][: cut - begin - 16]))
            assert got == expected


def test_a_length_that_nothing_stands_behind_takes_no_memory() -> None:
    hostile = THREE[:24] + struct.pack("<IIII", 1, 0, 0xFFFFFFF0, 0xFFFFFFF0) + b"rest"
    for file in (io.BytesIO(hostile), Unseekable(hostile)):
        assert list(pcap.Reader(file)) == [(1.0, b"rest")]


def test_what_is_no_pcap() -> None:
    with pytest.raises(ValueError, match=r"^invalid tcpdump header$"):
        pcap.Reader(io.BytesIO(bytes(24)))
    with pytest.raises(ValueError, match=r"^unknown pcap format; libpcap error: invalid tcpdump header, pcapng error: invalid pcapng header"):
        pcap.UniversalReader(io.BytesIO(b"B" * 1000))
    with pytest.raises(NeedData):
        pcap.UniversalReader(io.BytesIO(b""))
    assert isinstance(pcap.UniversalReader(io.BytesIO(THREE)), pcap.Reader)
    with pytest.raises(TypeError):
        pcap.Reader(io.StringIO(" " * 24))


def test_the_errors_are_dpkts_tree() -> None:
    assert [NeedData.__mro__[1:3], PackError.__mro__[1]] == [(UnpackError, Error), Error]
    assert issubclass(RangeError, (PackError,)) and issubclass(RangeError, struct.error)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 2), st.integers(0, 999_999), st.binary(max_size=40))), st.booleans())
def test_what_is_written_is_read(packets: list[tuple[int, int, bytes]], nano: bool) -> None:
    unit = 10**9 if nano else 10**6
    times = [Decimal(seconds) + Decimal(fraction) / unit for seconds, fraction, _ in packets]
    data = written([(time, data) for time, (_, _, data) in zip(times, packets, strict=True)], nano=nano)
    read = pcap.Reader(io.BytesIO(data)).readpkts()
    if nano:
        assert read == [(time, data) for time, (_, _, data) in zip(times, packets, strict=True)]
    else:
        assert read == [(seconds + fraction / 1e6, data) for seconds, fraction, data in packets]


@pytest.mark.parametrize("ts", [0, 5, 1.5, 1454725786.526401, 4294967295.25, Decimal("2.000001"), True], ids=repr)
def test_writes_the_bytes_that_dpkt_writes(ts: Any) -> None:
    dpkt = pytest.importorskip("dpkt")
    for settings in ({}, {"nano": True}, {"snaplen": 7, "linktype": 101}):
        file = io.BytesIO()
        dpkt.pcap.Writer(file, **settings).writepkt(b"packet", ts)
        assert written([(ts, b"packet")], **settings) == file.getvalue()


@pytest.mark.parametrize("ts", [-1, -0.5, 2**32, 4294967296.0, Decimal(-1)], ids=repr)
def test_a_time_that_does_not_fit_is_an_error_and_nothing_is_written(ts: Any) -> None:
    file = io.BytesIO()
    writer = pcap.Writer(file)
    with pytest.raises(RangeError):
        writer.writepkt(b"x", ts)
    with pytest.raises(RangeError):
        writer.writepkts([(1, b"fits"), (ts, b"x"), (2, b"never reached")])
    assert pcap.Reader(io.BytesIO(file.getvalue())).readpkts() == [(1.0, b"fits")]


def test_a_fraction_never_makes_a_million_microseconds() -> None:
    assert pcap.Reader(io.BytesIO(written([(1.9999999, b"")]))).readpkts() == [(2.0, b"")]


def test_packets_are_whatever_bytes_makes_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Packet:
        def __bytes__(self) -> bytes:
            return b"packed"

    file = io.BytesIO()
    writer = pcap.Writer(file)
    monkeypatch.setattr("time.time", lambda: 7.5)
    for packet in (Packet(), bytearray(b"array"), memoryview(b"view")):
        writer.writepkt(packet)
    for wrong in ("text", 5, None):
        with pytest.raises(TypeError):
            writer.writepkt(wrong)
    assert pcap.Reader(io.BytesIO(file.getvalue())).readpkts() == [(7.5, b"packed"), (7.5, b"array"), (7.5, b"view")]


def test_a_subclass_may_say_how_a_packet_is_written() -> None:
    class Doubled(pcap.Writer):
        def writepkt_time(self, pkt: bytes, ts: Any) -> None:
            super().writepkt_time(pkt * 2, ts)

    file = io.BytesIO()
    Doubled(file).writepkt(b"ab", 1)
    assert pcap.Reader(io.BytesIO(file.getvalue())).readpkts() == [(1.0, b"abab")]


class TestFiles:
    """Packets are held back above an ordinary file, and nobody can see it."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "out.pcap"

    def test_leaving_the_files_block_writes_everything(self, path: Path) -> None:
        with path.open("wb") as file:
            writer = pcap.Writer(file)
            for ts, data in PACKETS:
                writer.writepkt(data, ts)
        assert writer is not None and path.read_bytes()[40:] == written(PACKETS)[40:]

    def test_so_does_losing_the_last_name_for_it(self, path: Path) -> None:
        writer = pcap.Writer(path.open("wb"))
        writer.writepkts(PACKETS)
        with pytest.warns(ResourceWarning):
            del writer
            gc.collect()
        assert path.read_bytes() == written(PACKETS)

    def test_every_look_at_the_file_shows_what_was_written(self, path: Path) -> None:
        with path.open("wb") as file:
            writer = pcap.Writer(file)
            writer.writepkt(b"abc", 1)
            assert file.tell() == 24 + 16 + 3
            writer.writepkt(b"d", 2)
            file.flush()
            assert path.stat().st_size == 43 + 17
            writer.writepkt(b"e", 3)
            file.write(b"mine")
            writer.writepkt(b"f", 4)
            file.seek(0, io.SEEK_END)
            assert path.read_bytes()[-38:] == written([(3, b"e")])[24:] + b"mine" + written([(4, b"f")])[24:]
            file.seek(43)
            file.truncate()
        assert path.read_bytes() == written([(1, b"abc")])

    def test_two_writers_on_one_file_keep_their_order(self, path: Path) -> None:
        with path.open("wb") as file:
            one, two = pcap.Writer(file), pcap.Writer(file)
            for ts, writer in enumerate((one, two, one, one, two), 1):
                writer.writepkt(b"x", ts)
        head = written([])
        assert path.read_bytes() == head + head + b"".join(written([(ts, b"x")])[24:] for ts in range(1, 6))

    @pytest.mark.parametrize("mode", ["ab", "r+b", "w+b"])
    def test_other_modes(self, path: Path, mode: str) -> None:
        path.write_bytes(b"" if mode == "w+b" else b"before")
        with path.open(mode) as file:
            file.seek(0, io.SEEK_END)
            pcap.Writer(file).writepkts(PACKETS)
        assert path.read_bytes() == (b"" if mode == "w+b" else b"before") + written(PACKETS)

    def test_a_raw_file_that_takes_little_and_fails_keeps_whole_records(self) -> None:
        class Full(io.RawIOBase):
            """A disk with little room, which takes a few bytes at once."""

            def __init__(self, room: int) -> None:
                self.data, self.room, self.at = bytearray(), room, 0

            def write(self, data: Any) -> int:
                taken = min(len(data), 7, self.room - self.at)
                if not taken:
                    raise OSError(28, "No space left on device")
                self.data[self.at :] = data[:taken]
                self.at += taken
                return taken

            def tell(self) -> int:
                return self.at

            def seek(self, place: int, whence: int = 0) -> int:
                self.at = place
                return place

            def truncate(self, size: int | None = None) -> int:
                del self.data[size:]
                return size or 0

        for room in range(24, 80):
            disk = Full(room)
            writer = pcap.Writer(disk)
            count = 0
            with pytest.raises(OSError, match="No space"):
                while True:
                    writer.writepkt(b"ten bytes.", count)
                    count += 1
            assert bytes(disk.data) == written([(ts, b"ten bytes.") for ts in range(count)])


def test_reading_and_writing_declare_nothing() -> None:
    """Headers as packets are declared for those who ask: the schema of everybody else stays as it was built."""
    code = """
import io
from unwire import dpkt
from unwire.dpkt import pcap, pcapng, snoop
for module in (pcap, pcapng, snoop):
    file = io.BytesIO()
    module.Writer(file).writepkt(b"x", 1)
    file.seek(0)
    assert module.Reader(file).readpkts() == [(1.0, b"x")]
from unwire.declare.registry import registry
assert not [id for id in registry.layers if id.startswith("unwire.dpkt")]
assert pcap.PktHdr.__hdr_len__ == 16 and [id for id in registry.layers if id.startswith("unwire.dpkt")]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_equals_dpkt_on_every_public_capture(kit: Path) -> None:
    """(time, bytes) of every record, where dpkt reads the file; its own bugs are left out by name."""
    dpkt = pytest.importorskip("dpkt")
    compared = 0
    for path in sorted((kit / "captures").rglob("*")):
        if not path.is_file() or path.read_bytes()[:4] not in MAGICS:
            continue
        results = []
        for reader, error in ((dpkt.pcap.Reader, dpkt.NeedData), (pcap.Reader, NeedData)):
            packets: list[Any] = []
            with path.open("rb") as file:
                try:
                    for record in reader(file):
                        packets.append((type(record[0]), *record))
                except error as torn:
                    packets.append(str(torn))
                results.append((packets, file.tell()))
        assert results[0] == results[1], path.name
        compared += len(results[0][0])
    assert compared > 1000


MAGICS = [bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "a1b2cd34", "34cdb2a1")]
