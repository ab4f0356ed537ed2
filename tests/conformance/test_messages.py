"""The truth's tables of messages agree with the columns that native decoders find, but for the differences that messages.py names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from unwire import _engine

sys.path.insert(0, str(Path(__file__).parent))


#: Cells that must have been compared, so that nothing is right by being empty.
TABLES = {"dns": 15_000}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_columns_equal_tshark(kit: Path, table: str) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import messages

    cells, explained, found = messages.compare_table(_engine.Schema.built_in(), table)
    assert not found, found[:20]
    assert sum(cells.values()) > TABLES[table]
    assert not [column for column, count in cells.items() if not count]
    # What is explained is the exception.
    assert sum(explained.values()) < 0.05 * sum(cells.values()), explained
