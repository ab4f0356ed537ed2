"""snoop in dpkt's shape: equal to dpkt where dpkt reads the file, and its base classes as users subclass them."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwire.dpkt import snoop
from unwire.errors import NeedData, UnpackError

HEADER = b"snoop\0\0\0" + struct.pack(">II", 2, 4)


def record(data: bytes, seconds: int, micros: int = 0, wire: int | None = None) -> bytes:
    pad = -len(data) % 4
    return struct.pack(">6I", wire or len(data), len(data), 24 + len(data) + pad, 0, seconds, micros) + data + bytes(pad)


def test_reads() -> None:
    reader = snoop.Reader(io.BytesIO(HEADER + record(b"odd", 1, 500_000) + record(b"even", 2, wire=90)))
    assert (reader.name, reader.dloff, reader.datalink(), reader.filter) == ("<BytesIO>", 14, snoop.SDL_ETHER, "")
    assert next(reader) == (1.5, b"odd")
    assert reader.loop(lambda *given: None) == 1


def test_other_datalinks_are_read_too() -> None:
    reader = snoop.Reader(io.BytesIO(HEADER[:12] + struct.pack(">I", 8)))
    assert (reader.datalink(), reader.dloff, reader.readpkts()) == (8, 0, [])


def test_what_is_no_snoop() -> None:
    with pytest.raises(ValueError, match=r"^invalid snoop header$"):
        snoop.Reader(io.BytesIO(bytes(16)))
    with pytest.raises(NeedData, match="got 3, 16 needed at least"):
        snoop.Reader(io.BytesIO(b"sno"))
    with pytest.raises(NeedData, match="got 5, 24 needed at least"):
        snoop.Reader(io.BytesIO(HEADER + bytes(5))).readpkts()
    with pytest.raises(UnpackError, match="bad_record_length"):
        snoop.Reader(io.BytesIO(HEADER + bytes(24))).readpkts()


@given(st.lists(st.tuples(st.integers(0, 2**32 - 2), st.binary(max_size=9))))
def test_what_is_written_is_read_and_is_what_dpkt_writes(packets: list[tuple[int, bytes]]) -> None:
    file = io.BytesIO()
    writer = snoop.Writer(file)
    writer.writepkts(packets)
    writer.writepkt(b"one", 5)
    writer.writepkt_time(b"two", 6.25)
    assert snoop.Reader(io.BytesIO(file.getvalue())).readpkts() == [*((float(ts), data) for ts, data in packets), (5.0, b"one"), (6.25, b"two")]
    pytest.importorskip("dpkt")
    import dpkt.snoop

    theirs = io.BytesIO()
    writer = dpkt.snoop.Writer(theirs)
    writer.writepkts(packets)
    writer.writepkt(b"one", 5)
    writer.writepkt_time(b"two", 6.25)
    assert theirs.getvalue() == file.getvalue()


def test_bases_are_for_subclasses() -> None:
    class Numbers(snoop.FileReader):
        def __init__(self, file: Any) -> None:
            super().__init__(file)
            self.left = [(0, b"a"), (1, b"b")]

        def __next__(self) -> tuple[Any, bytes]:
            if not self.left:
                raise StopIteration
            return self.left.pop(0)

    assert Numbers(io.BytesIO()).readpkts() == [(0, b"a"), (1, b"b")]
    assert Numbers(io.BytesIO()).dispatch(1, lambda *given: None) == 1
    file = io.BytesIO()
    writer = snoop.FileWriter(file)
    writer.write(b"as it is")
    assert file.getvalue() == b"as it is" and isinstance(snoop.Writer(io.BytesIO()), snoop.FileWriter)
    writer.close()
    assert file.closed


def test_equals_dpkt_on_every_public_capture(kit: Path) -> None:
    pytest.importorskip("dpkt")
    import dpkt.snoop

    compared = 0
    for path in sorted((kit / "captures").rglob("*")):
        if path.is_file() and path.read_bytes()[:16] == HEADER:
            with path.open("rb") as ours, path.open("rb") as theirs:
                packets = snoop.Reader(ours).readpkts()
                assert packets == dpkt.snoop.Reader(theirs).readpkts(), path.name
                compared += len(packets)
    assert compared
