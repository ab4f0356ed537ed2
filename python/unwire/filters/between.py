"""Filters of a time or of frame numbers, which the command line and `Trace.slice` take beside an expression. No language is read here."""

from __future__ import annotations

import re

from unwire import schema
from unwire.errors import FilterError
from unwire.filters import tree
from unwire.filters.compiled import Filter
from unwire.filters.literals import LiteralError, moment


def between(after: str | None, before: str | None, frames: str | None = None) -> Filter:
    """Return the filter of packets from a time on, up to another, and of some numbers (``1-9,20``)."""
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
        tests.append(tree.In(tree.Field("frame.number"), _numbers(frames)))
        said.append(f"frame.number in {{{frames.replace('-', '..')}}}")
    return Filter(" && ".join(said), tree.And(tests), schema.current())


def _numbers(text: str) -> tuple[tuple[tree.Operand, tree.Operand], ...]:
    ranges: list[tuple[tree.Operand, tree.Operand]] = []
    at = 0
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,18})(?:\s*-\s*(\d{1,18}))?\s*", part)
        if not found or int(found[2] or found[1]) < int(found[1]):
            raise FilterError("frames are numbers and ranges of them: 1-9,20", text, (at, at + max(1, len(part))))
        ranges.append((tree.Number(int(found[1])), tree.Number(int(found[2] or found[1]))))
        at += len(part) + 1
    return tuple(ranges)
