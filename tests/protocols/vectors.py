"""Runs the tables of vectors: each is a frame with the values that its columns have. Nothing here knows a protocol."""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping, Sequence

from unwire import _engine
from unwire.declare.build import build

Vector = tuple[str, int, str, Mapping[str, object]]
_VALUES, _CELLS = "\x1f", "\x1e"


@functools.cache
def schema() -> _engine.Schema:
    """Return the schema of all protocol files as they are now."""
    return _engine.Schema.load(build())


def capture(link: int, frame: bytes) -> bytes:
    """Return a pcap file with one packet."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    return head + struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame


def read(link: int, frame: bytes, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return every value of the columns as text."""
    (batch,) = _engine.Stream([_engine.Source(capture(link, frame))], schema(), list(columns), "all")
    (line,) = bytes(batch.text("fields", _CELLS, _VALUES)).decode().split("\n")[:-1]
    return {name: cell.split(_VALUES) if cell else [] for name, cell in zip(columns, line.split(_CELLS), strict=True)}


def same(want: object, got: str) -> bool:
    """Return whether a text is a value: numbers as numbers, in whatever base they were written."""
    if isinstance(want, int):
        return got != "" and int(got, 0) == want
    return (want.hex() if isinstance(want, bytes) else str(want)) == got


def check(vectors: Sequence[Vector]) -> None:
    """Fail with the vector's name, the column and both values where they differ. None is a column without a value."""
    for what, link, text, columns in vectors:
        got = read(link, bytes.fromhex(text), list(columns))
        for name, value in columns.items():
            want = [] if value is None else value if isinstance(value, list) else [value]
            assert len(want) == len(got[name]) and all(map(same, want, got[name])), f"{what}: {name} is {got[name]}, not {want}"
