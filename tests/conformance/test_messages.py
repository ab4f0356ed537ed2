"""The truth's tables of messages agree with the columns that native decoders find, but for the differences that message_differences.py names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from unwire import _engine

sys.path.insert(0, str(Path(__file__).parent))


#: Cells that must have been compared, so that nothing is right by being empty; and how many may differ for a reason: where tshark alone has
#: something, where we alone have, and where both have and differ.
TABLES = {"dns": (18_000, 310, 5, 20), "http": (14_000, 25, 30, 5), "tls": (13_000, 320, 190, 6)}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_columns_equal_tshark(kit: Path, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import messages

    report = messages.compare_table(_engine.Schema.built_in(), table)
    with capsys.disabled():
        print(f"\n{table}: {sum(report.cells.values())} cells compared, explained: {dict(report.sides)}")
    assert not report.found, report.found[:20]
    least, theirs, ours, both = TABLES[table]
    assert sum(report.cells.values()) > least
    assert not [column for column, count in report.cells.items() if not count]
    # What is explained is the exception, in either direction.
    assert report.sides["only tshark's"] <= theirs
    assert report.sides["only ours"] <= ours
    assert report.sides["both"] <= both
