"""Tables: lazy, Arrow to the outside, the same for any number of workers, clear about what they cannot do."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

import unwire
from conftest import pcap
from unwire import _engine, schema

FRAME = bytes.fromhex("02000000000202000000000108004500001c00010000401166ce0a0000010a0000020035003500080000")
FIELDS = ("frame.number", "frame.time", "frame.protocols", "ip.src", "udp.dstport", "eth.addr")


def rows(source: object) -> list[dict[str, object]]:
    return list(unwire.open(source).packets("frame.number", "ip.src"))  # type: ignore[arg-type]


def test_every_kind_of_source_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pcap(FRAME, FRAME)
    path = tmp_path / "two.pcap"
    path.write_bytes(data)
    want = [{"frame.number": 1, "ip.src": "10.0.0.1"}, {"frame.number": 2, "ip.src": "10.0.0.1"}]
    assert rows(path) == rows(str(path)) == rows(data) == rows(bytearray(data)) == rows(memoryview(data)) == rows(io.BytesIO(data)) == want
    assert rows(gzip.compress(data)) == want
    assert rows(str(tmp_path / "*.pcap")) == want
    assert [row["frame.number"] for row in rows([path, data])] == [1, 2, 1, 2]
    with path.open("rb") as file:
        assert rows(file) == want
    script = "import unwire; print(len(list(unwire.open('-').packets('frame.number'))))"
    assert subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, check=True).stdout == b"2\n"


def test_a_pipe_is_read_once_and_a_second_pass_says_so() -> None:
    read, write = os.pipe()
    thread = threading.Thread(target=lambda: (os.write(write, pcap(FRAME)), os.close(write)))
    thread.start()
    with os.fdopen(read, "rb") as file:
        table = unwire.open(file).packets("ip.src")
        assert len(list(table)) == 1
        with pytest.raises(unwire.OneWayError, match="can be read only once"):
            list(table)
    thread.join()


def test_what_is_no_capture_says_what_it_may_be(tmp_path: Path) -> None:
    with pytest.raises(unwire.CaptureError, match="not a capture"):
        rows(b"hello, this is text and no capture at all")
    with pytest.raises(FileNotFoundError):
        rows(tmp_path / "missing.pcap")
    with pytest.raises(FileNotFoundError, match="no file matches"):
        unwire.open(str(tmp_path / "*.none"))
    with pytest.raises(TypeError, match="must return bytes"):
        rows(io.StringIO("text"))


def test_an_exception_of_the_file_object_comes_through() -> None:
    class Failing(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ZeroDivisionError("from read")

    with pytest.raises(ZeroDivisionError, match="from read"):
        rows(Failing())


def test_an_unknown_field_suggests() -> None:
    with pytest.raises(unwire.UnknownField, match=r"unknown field 'tcp.dsport'; did you mean 'tcp.dstport'\?"):
        unwire.open(b"").packets("tcp.dsport")
    with pytest.raises(KeyError):
        unwire.open(b"").packets("nothing.like.it")


def test_arrow_polars_and_types(office: Path) -> None:
    table = unwire.open(office).packets(*FIELDS)
    arrow = pyarrow.table(table)
    assert arrow.schema.field("frame.time").type == pyarrow.timestamp("ns", "UTC")
    assert arrow.schema.field("ip.src").type == pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    assert arrow.schema.field("udp.dstport").type == pyarrow.uint16()
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(table)
    assert frame.height == arrow.num_rows == table.to_polars().height == len(list(table))
    assert table.to_arrow().column("frame.number").to_pylist() == frame["frame.number"].to_list()


def test_occurrences() -> None:
    """A datagram quoted by an ICMP error would be further occurrences; here, the two addresses of one Ethernet header."""
    trace = unwire.open(pcap(FRAME))
    values = {o: trace.packets("eth.addr", occurrence=o).head()[0]["eth.addr"] for o in ("first", "last", "all")}  # type: ignore[arg-type]
    assert values == {"first": "02:00:00:00:00:02", "last": "02:00:00:00:00:01", "all": ["02:00:00:00:00:02", "02:00:00:00:00:01"]}


def test_where_a_value_stands() -> None:
    (frame,) = unwire.open(pcap(FRAME))
    assert frame.where("udp.srcport") == (34, 36)
    assert frame.values("eth.addr") == ["02:00:00:00:00:02", "02:00:00:00:00:01"]
    assert frame.where("tcp.srcport") is None
    assert (frame.number, frame.len, frame.cap_len, frame.protocols) == (1, 42, 42, "eth:ethertype:ip:udp")
    assert frame.stop[0] == "end"


def ipc(source: bytes, workers: int) -> bytes:
    stream = _engine.Stream([_engine.Source(source)], schema.current(), list(FIELDS), "all", workers)
    writer = _engine.IpcWriter(stream)
    return b"".join([*(writer.write(batch) for batch in stream), writer.finish()])


def test_workers_do_not_show() -> None:
    """The Arrow IPC stream is equal byte for byte: enough packets for several batches, of differing sizes."""
    packets = [FRAME + bytes(number % 997) for number in range(150_000)]
    data = pcap(*packets)
    want = ipc(data, 1)
    assert all(ipc(data, workers) == want for workers in (2, 3, 8))


def test_a_table_written_appears_whole_or_not(tmp_path: Path, office: Path) -> None:
    path = tmp_path / "out.parquet"
    table = unwire.open(office).packets("frame.number", "ip.src")
    table.to_parquet(path)
    assert pyarrow.parquet.read_table(path).num_rows == len(list(table))
    with pytest.raises(FileExistsError, match="force"):
        table.to_parquet(path)
    table.to_parquet(path, force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["out.parquet"]


def test_loss_is_counted(captures: Path) -> None:
    table = unwire.open(captures / "torn.pcap").packets("frame.number")
    whole = len(list(table))
    assert whole > 0
    assert table.loss[0]["reasons"] and table.loss[0]["records"] == whole


def test_fields_may_come_as_a_list() -> None:
    trace = unwire.open(pcap(FRAME))
    assert trace.packets(["frame.number", "ip.src"]).columns == trace.packets("frame.number", "ip.src").columns
    with pytest.raises(TypeError, match=r"a field is named by a str, not int: packets\('ip.src', 'ip.dst'\)"):
        trace.packets([1])  # type: ignore[list-item]


@pytest.mark.parametrize("ask", ["where", "values"])
def test_a_frame_knows_the_names_that_may_have_been_meant(ask: str) -> None:
    (frame,) = unwire.open(pcap(FRAME))
    with pytest.raises(unwire.UnknownField, match=r"unknown field 'ip.srcc'; did you mean 'ip.src'"):
        getattr(frame, ask)("ip.srcc")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_cannot_go_on_with_its_parents_pass(tmp_path: Path) -> None:
    path = tmp_path / "many.pcap"
    path.write_bytes(pcap(*[FRAME] * 300_000))
    script = """
import os, sys, unwire
trace = unwire.open(sys.argv[1])
stream, frames = iter(trace.packets("ip.src", workers=3).stream()), iter(trace)
next(stream), next(frames)
child = os.fork()
if not child:
    for begun in (stream, frames):
        try:
            next(begun)
        except RuntimeError as error:
            print(error, flush=True)
    print(next(iter(trace)).number, flush=True)
    del stream, frames, begun  # and does not wait for threads that are not here
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(sum(len(batch) for batch in stream))
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=60, check=True)
    told = "this pass was begun in the process that this one was forked from; begin another one here"
    first = len(next(iter(unwire.open(path).packets("ip.src").batches())))
    assert done.stdout.splitlines() == [told, told, "1", str(300_000 - first)]
