"""Writes docs/dpkt-differences.md from the two lists that tests hold: `python tests/dpkt/differences_page.py`. Nothing is said of dpkt here."""

from __future__ import annotations

import sys
from pathlib import Path

# As a program it has none of pytest's paths.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from dpkt_differences import DIFFERENCES
from test_suite import DELIBERATE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dpkt-differences.md"
HEAD = """\
# Where unwire reads otherwise than dpkt 1.9.8

Made by `python tests/dpkt/differences_page.py` from the lists in `tests/dpkt`. What one notices when writing code is told in
[objects](objects.md#what-differs-from-dpkt).

## Packet by packet

Every packet of the public captures, read by both, agrees in classes, fields, aliases, views, `repr`, bytes and errors, but for these reasons:

"""
SUITE = """
## dpkt's own tests

All pass but these:

| test | why it does not |
|---|---|
"""


def page() -> str:
    """The page's text."""
    reasons = "".join(f"- {why}.\n" for why, _ in DIFFERENCES)
    rows = "".join(f"| `{test}` | {why} |\n" for test, why in sorted(DELIBERATE.items()))
    return HEAD + reasons + SUITE + rows


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
