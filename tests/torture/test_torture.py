"""A small, fixed part of the torture; the whole is a command of its own (see torture.py)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from torture import COLUMNS, read, torture

OWN = sorted(path for path in (Path(__file__).parents[1] / "captures").iterdir() if ".pcap" in path.name or path.suffix == ".snoop")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_captures_cut_and_flipped(path: Path) -> None:
    torture(path, cuts=12, flips=12, seed=1)


def test_public_captures_cut_and_flipped(kit: Path) -> None:
    for path in sorted((kit / "captures").iterdir())[::9]:
        if 0 < path.stat().st_size < 100_000:
            torture(path, cuts=2, flips=2, seed=2)


def test_a_capture_cut_at_every_byte_loses_nothing_that_was_whole() -> None:
    data = (OWN[0].parent / "tiny.pcap").read_bytes()
    whole, loss = read(data, COLUMNS)
    assert whole and not loss["reasons"]
    counts = []
    for at in range(24, len(data)):
        rows, loss = read(data[:at], COLUMNS)
        assert rows == whole[: len(rows)]
        counts.append(len(rows))
    assert counts == sorted(counts), "more bytes never give fewer rows"
    assert counts[-1] == len(whole) - 1
