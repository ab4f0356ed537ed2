"""Every column of the truth, on every packet of every capture of the kit, equals what tshark printed, but for the named differences."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from unwire import _engine

sys.path.insert(0, str(Path(__file__).parent))

#: Columns of the truth that need the flow table, or that are Wireshark's own numbering, are not compared: see compare.NOT_HERE.
MUST_COMPARE = 40


def test_packets_equal_tshark(kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import compare

    report = compare.compare(_engine.Schema.built_in())
    with capsys.disabled():
        print(f"\n{report.captures} captures, {report.frames} frames compared with tshark")
        for column in sorted(report.cells):
            print(f"  {column:28} {report.cells[column]:8} cells {report.different[column]:6} different")
        print("  first protocols that are not declared:", ", ".join(f"{name} {count}" for name, count in report.undeclared.most_common()))
        for reason, count in report.explained.most_common():
            print(f"  explained {count:6}: {reason}")
    assert report.captures > 1200
    assert len(report.cells) >= MUST_COMPARE
    assert not [column for column in report.cells if not report.cells[column]], "a column nobody exercised is not a column that works"
    assert not report.differences, [(d.capture, d.frame, d.column, d.want, d.got) for d in report.differences[:20]]
