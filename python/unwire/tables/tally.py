"""Counting packets by the values of columns: passes over captures and the merging of their counts. What counts mean is in flows.py and summary.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from unwire import _engine, schema

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: A part of a key: a column, or a column and the number that its values are divided by, rounding down (times are ns).
Part = str | tuple[str, int]
#: Packets, bytes on the wire, time of the first and of the last in ns (None where no packet has a time).
Count = tuple[int, int, int | None, int | None]
Tally = dict[tuple[Any, ...], Count]
OnProgress = Callable[[int, int | None], None]


@dataclass
class Pass:
    """One capture counted: a tally for each key, what lies beyond the engine's cap of keys (packets, bytes), and the container."""

    name: str
    tallies: list[Tally]
    beyond: list[tuple[int, int]]
    info: _engine.Info


@dataclass
class Counted:
    """Several captures counted as one: a tally for each key, what lies beyond the cap, and each capture's name and container."""

    tallies: list[Tally]
    beyond: list[tuple[int, int]]
    names: list[str] = field(default_factory=list)
    infos: list[_engine.Info] = field(default_factory=list)

    def add(self, one: Pass) -> None:
        """Take in one more capture."""
        for total, tally in zip(self.tallies, one.tallies, strict=True):
            merge(total, tally)
        self.beyond = [(p + q, b + c) for (p, b), (q, c) in zip(self.beyond, one.beyond, strict=True)]
        self.names.append(one.name)
        self.infos.append(one.info)


def count(trace: Trace, keys: Sequence[Sequence[Part]], *, workers: int | None = None, on_progress: OnProgress | None = None) -> Counted:
    """Count packets and bytes by several keys in one pass over each capture, and add the captures up.

    A key is a sequence of columns; its tally maps the columns' first values in a packet (None where it has none) to a `Count`.
    ``count(trace, [("ip.src",), (("frame.time", 10**9),)])`` counts by sender and by second. Unknown columns raise `unwire.UnknownField`.
    """
    counted = Counted([{} for _ in keys], [(0, 0)] * len(keys))
    for one in passes(trace, keys, workers=workers, on_progress=on_progress):
        counted.add(one)
    return counted


def passes(trace: Trace, keys: Sequence[Sequence[Part]], *, workers: int | None = None, on_progress: OnProgress | None = None) -> Iterator[Pass]:
    """Count as `count` does, and yield each capture by itself."""
    generation = schema.current()
    known = {column["name"] for column in generation.columns()}
    asked = [[(part, 1) if isinstance(part, str) else part for part in key] for key in keys]
    for name, _ in (part for key in asked for part in key):
        if name not in known:
            raise schema.unknown(name, generation)
    size, before = trace.size, 0
    for name, source in zip(trace.names, trace.sources(), strict=True):

        def progress(source: _engine.Source = source, before: int = before) -> None:
            if on_progress:
                on_progress(before + source.position, size)

        with naming(name):
            found = _engine.tally(source, generation, asked, workers or os.cpu_count() or 1, trace.link_type, progress if on_progress else None)
        before += source.position
        yield Pass(name, *found)


def merge(total: Tally, tally: Tally) -> None:
    """Add `tally` to `total`."""
    if not total:
        total.update(tally)
        return
    for key, entry in tally.items():
        known = total.get(key)
        total[key] = plus(known, entry) if known else entry


def plus(one: Count, other: Count) -> Count:
    """Add two counts."""
    return one[0] + other[0], one[1] + other[1], _of(min, one[2], other[2]), _of(max, one[3], other[3])


def iso(ns: int | None) -> str | None:
    """Return nanoseconds since the epoch as ISO 8601 in UTC with nine decimals, as the tables print times."""
    if ns is None:
        return None
    seconds, rest = divmod(ns, 1_000_000_000)
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"
    except (ValueError, OverflowError, OSError):  # a hostile clock, beyond the calendar
        return f"{seconds}.{rest:09}"


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say in an error which capture could not be read."""
    try:
        yield
    except _engine.CaptureError as error:
        raise _engine.CaptureError(f"{name}: {error}") from None
    except OSError as error:
        if error.filename is None and not isinstance(error, BrokenPipeError):
            raise type(error)(error.errno or 0, error.strerror or str(error).split(" (os error")[0], name) from None
        raise


def _of(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)
