"""Cutting captures: the packets that are wanted, written as they stand with all that belongs to them. What is wanted is a filter's to say."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unwire import _engine
from unwire.capture.writer import Format, Writer

if TYPE_CHECKING:
    from unwire.capture.trace import Trace


@dataclass
class Cut:
    """What was written, and each capture's name and container, which tells what was lost."""

    packets: int = 0
    infos: list[tuple[str, _engine.Info]] = field(default_factory=list)


def write(
    trace: Trace,
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,
    force: bool = False,
    limit: int | None = None,
    without: Callable[[], None] | None = None,
) -> Cut:
    """Write the packets of a trace, which its filter chose, to a capture; at most `limit` of them. Where there is none, `without` may raise.

    Bytes, times, lengths, interfaces, comments and other options are the original ones; names, secrets and all other blocks of pcapng go along.
    """
    cut, where = Cut(), trace.where
    with Writer(path, format=format, force=force) as writer:
        for name, source in zip(trace.names, trace.sources(), strict=True):
            if cut.packets == limit:
                break
            records = _engine.Records(source, trace.link_type, where.engine if where else None)
            for record in records:
                if cut.packets == limit:
                    break
                writer.write(record)
                cut.packets += 1
            cut.infos.append((name, records.info()))
        if without is not None and not cut.packets:
            without()
    return cut
