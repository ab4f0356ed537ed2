"""Counting packets by the values of columns: passes over captures and the merging of their counts. What counts mean is in flows.py and summary.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from unwire import _engine, schema
from unwire.capture.naming import naming

if TYPE_CHECKING:
    from unwire.capture.trace import Trace


@dataclass(frozen=True)
class Width:
    """A column whose numbers are divided, rounding down: by the first width, and by the next where that makes too many keys.

    Times are ns. Each width is a multiple of the one before.
    """

    column: str
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Bounds:
    """A column whose numbers become the index of the last of these bounds that they reach."""

    column: str
    bounds: tuple[int, ...]


#: A part of a key: a column; a column and the number that its values are divided by, rounding down (times are ns); or one of the above.
Part = str | tuple[str, int] | Width | Bounds
#: Packets, bytes on the wire, time of the first and of the last in ns (None where no packet has a time).
Count = tuple[int, int, int | None, int | None]
Tally = dict[tuple[Any, ...], Count]
OnProgress = Callable[[int, int | None], None]
#: Distinct values of a key that are kept of a capture; packets of later ones are counted together, as `beyond`.
MAX_KEYS = 1 << 17
_NOTHING: Count = (0, 0, None, None)


@dataclass
class Pass:
    """One capture counted.

    `total` is all of its packets, `captured` their bytes in the capture; for each key there is a tally, what is `beyond` the cap of keys
    (packets, bytes), and the index of the `widths` that were used.
    """

    name: str
    total: Count
    captured: int
    tallies: list[Tally]
    beyond: list[tuple[int, int]]
    widths: list[int]
    info: _engine.Info


@dataclass
class Counted:
    """Several captures counted as one: a tally for each key, what lies beyond the cap, and each capture's name and container."""

    tallies: list[Tally]
    beyond: list[tuple[int, int]]
    names: list[str] = field(default_factory=list)
    infos: list[_engine.Info] = field(default_factory=list)
    most: int = MAX_KEYS

    def add(self, one: Pass) -> None:
        """Take in one more capture."""
        for index, (tally, (packets, size)) in enumerate(zip(one.tallies, one.beyond, strict=True)):
            more, most = merge(self.tallies[index], tally, self.most)
            known = self.beyond[index]
            self.beyond[index] = (known[0] + packets + more, known[1] + size + most)
        self.names.append(one.name)
        self.infos.append(one.info)


def count(
    trace: Trace,
    keys: Sequence[Sequence[Part]],
    *,
    flows: _engine.Flows | None = None,
    most: int = MAX_KEYS,
    workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> Counted:
    """Count packets and bytes by several keys in one pass over each capture, and add the captures up.

    A key is a sequence of columns; its tally maps the columns' first values in a packet (None where it has none) to a `Count`.
    ``count(trace, [("ip.src",), (("frame.time", 10**9),)])`` counts by sender and by second. Of each key the first `most` distinct values of a
    capture are kept. Who talks to whom is counted in `flows`, if it is given. Unknown columns raise `unwire.UnknownField`.
    """
    counted = Counted([{} for _ in keys], [(0, 0)] * len(keys), most=most)
    for one in passes(trace, keys, flows=flows, most=most, workers=workers, on_progress=on_progress):
        counted.add(one)
    return counted


def passes(
    trace: Trace,
    keys: Sequence[Sequence[Part]],
    *,
    flows: _engine.Flows | None = None,
    gist: _engine.Gist | None = None,
    most: int = MAX_KEYS,
    workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[Pass]:
    """Count as `count` does, and yield each capture by itself; what connections come to is added to `gist`, if it is given."""
    generation, where = trace.generation, trace.where
    known = {column["name"] for column in generation.columns()}
    asked = [[_part(part) for part in key] for key in keys]
    for name, *_ in (part for key in asked for part in key):
        if name not in known:
            raise schema.unknown(name, generation)
    size, before, workers = trace.size, 0, workers or os.cpu_count() or 1
    for name, source in zip(trace.names, trace.sources(), strict=True):

        def progress(source: _engine.Source = source, before: int = before) -> None:
            if on_progress:
                on_progress(before + source.position, size)

        with naming(name):
            shown = progress if on_progress else None
            chosen = where.engine if where else None
            total, captured, found, info = _engine.tally(source, generation, asked, most, flows, workers, trace.link_type, shown, chosen, gist)
        before += source.position
        yield Pass(name, total, captured, [one[0] for one in found], [one[1] for one in found], [one[2] for one in found], info)


def _part(part: Part) -> tuple[str, list[int], list[int]]:
    if isinstance(part, Bounds):
        return part.column, [], list(part.bounds)
    if isinstance(part, Width):
        return part.column, list(part.widths), []
    return (part, [], []) if isinstance(part, str) else (part[0], [part[1]], [])


def merge(total: Tally, tally: Tally, most: int = MAX_KEYS) -> tuple[int, int]:
    """Add `tally` to `total`, as far as that has not `most` other keys; return the packets and bytes of the rest."""
    packets = size = 0
    for key, entry in tally.items():
        if len(total) < most or key in total:
            total[key] = plus(total.get(key, _NOTHING), entry)
        else:
            packets, size = packets + entry[0], size + entry[1]
    return packets, size


def widen(tally: Tally, by: int) -> Tally:
    """Return a tally whose keys are one number, divided by `by`."""
    found: Tally = {}
    for (number,), entry in tally.items():
        key = (None if number is None else number // by,)
        found[key] = plus(found.get(key, _NOTHING), entry)
    return found


def plus(one: Count, other: Count) -> Count:
    """Add two counts."""
    return one[0] + other[0], one[1] + other[1], choose(min, one[2], other[2]), choose(max, one[3], other[3])


def choose(which: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    """Return the lesser or the greater of two, of which either may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return which(one, other)


def iso(ns: int | None) -> str | None:
    """Return nanoseconds since the epoch as ISO 8601 in UTC with nine decimals, as the tables print times."""
    if ns is None:
        return None
    seconds, rest = divmod(ns, 1_000_000_000)
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"
    except (ValueError, OverflowError, OSError):  # a hostile clock, beyond the calendar
        return f"{seconds}.{rest:09}"
