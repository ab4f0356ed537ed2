"""Runs tables of frames: each is written to a capture of one packet and read back as columns. No protocol is known here."""

from __future__ import annotations

import functools
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unwire import _engine
from unwire.declare.build import build

CELLS, VALUES = "\x1e", "\x1f"


@functools.cache
def schema() -> _engine.Schema:
    """Return the schema of the protocol files as they stand."""
    return _engine.Schema.load(build())


def row(link: int, frame: bytes, columns: list[str]) -> dict[str, str]:
    """Return the columns of one frame as text, all occurrences."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.pcap"
        path.write_bytes(header + struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
        for batch in _engine.Stream(_engine.Source(str(path)), schema(), columns, "all"):
            line = bytes(batch.text("fields", CELLS, VALUES)).decode().split("\n")[0]
            return dict(zip(columns, line.split(CELLS), strict=True))
    raise AssertionError("no frame was read")


def same(want: Any, got: str) -> bool:
    """Return whether a cell holds the value; None is an empty cell, a list all occurrences."""
    if want is None:
        return got == ""
    if isinstance(want, (list, tuple)):
        cells = got.split(VALUES)
        return len(cells) == len(want) and all(map(same, want, cells))
    if isinstance(want, bytes):
        return got.replace(":", "") == want.hex()
    if isinstance(want, int):
        return got != "" and int(got, 0) == want
    return got == str(want)


def check(vectors: Sequence[tuple[str, int, str, dict[str, Any]]]) -> None:
    """Assert every column of every vector: (what, LINKTYPE, frame in hex, columns)."""
    for what, link, text, columns in vectors:
        got = row(link, bytes.fromhex(text), list(columns))
        for name, want in columns.items():
            assert same(want, got[name]), f"{what}: {name} is {got[name]!r}, not {want!r}"
