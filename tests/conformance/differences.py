"""What legitimately differs from tshark: named predicates over the truth row, each with its reason. Short, and none of them "not done yet".

The truth was made with reassembly on; `packets` reads each frame alone. Fragments are therefore compared with rows that tshark printed
with ``-o ip.defragment:FALSE -o ipv6.defragment:FALSE``, kept in fragments.tsv beside this file (made by make_fragments.py).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compare import Difference

Row = dict[str, str | None]


def fragments() -> dict[tuple[str, int], Row]:
    """Return the rows of fragments, by capture and frame number."""
    path = Path(__file__).with_name("fragments.tsv")
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(row.pop("capture"), int(row.pop("frame.number"))): {k: v or None for k, v in row.items()} for row in rows}


def _custom_time(difference: Difference) -> bool:
    return difference.column == "frame.time_epoch" and len(difference.want.rpartition(".")[2]) > 9


#: Reason and predicate.
DIFFERENCES: tuple[tuple[str, Callable[[Difference], bool]], ...] = (
    ("a fraction of a second or more is carried into the seconds; tshark prints it as it stands", _custom_time),
)


def explain(difference: Difference) -> str | None:
    """Return why a cell may differ, or None."""
    return next((reason for reason, holds in DIFFERENCES if holds(difference)), None)
