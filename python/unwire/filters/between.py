"""Filters of a time or of frame numbers, which the command line and `Trace.slice` take beside an expression. No language is read here."""

from __future__ import annotations

import re

from unwire import schema
from unwire.errors import FilterError
from unwire.filters import tree
from unwire.filters.compiled import Filter
from unwire.filters.literals import LiteralError, moment

#: What no packet's number exceeds.
_LAST = 10**18 - 1


def between(after: str | None, before: str | None, frames: str | None = None) -> Filter:
    """Return the filter of packets from a time on, up to another, and of some numbers (``1-9,20,560-``)."""
    tests: list[tree.Test] = []
    said = []
    for word, relation, text in (("after", "ge", after), ("before", "lt", before)):
        if text is not None:
            try:
                bound = tree.Number(moment(text))
            except LiteralError as error:
                raise FilterError(f"{word}: {error}", text, (0, max(1, len(text)))) from None
            tests.append(tree.Compare("ge" if relation == "ge" else "lt", tree.Field("frame.time"), bound))
            said.append(f'frame.time {">=" if relation == "ge" else "<"} "{text}"')
    if frames is not None:
        ranges = _numbers(frames)
        tests.append(tree.In(tree.Field("frame.number"), tuple((tree.Number(first), tree.Number(last)) for first, last in ranges)))
        said.append(f"frame.number in {{{', '.join(f'{first}..{last}' if last > first else str(first) for first, last in ranges)}}}")
    return Filter(" && ".join(said), tree.And(tests), schema.current())


def _numbers(text: str) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    at = 0
    for part in text.split(","):
        found = re.fullmatch(r"\s*(?=.*\d)(\d{0,18})\s*(-?)\s*(\d{0,18})\s*", part)
        # A range that is open begins with the first packet or ends with the last.
        first = int(found[1] or 1) if found else 1
        last = (int(found[3] or _LAST) if found[2] else first) if found else 0
        if found is None or last < first or (found[3] and not found[2]):
            raise FilterError("frames are numbers and ranges of them: 1-9,20,560-", text, (at, at + max(1, len(part))))
        ranges.append((first, last))
        at += len(part) + 1
    return ranges
