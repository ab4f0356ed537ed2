"""Fragments of the datagrams that a filter chooses: those behind the first have no ports to be chosen by. Which filter that is, is others' to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: What a fragment is known by (RFC 791 section 3.2, RFC 8200 section 4.5).
PIECES = "ip.flags.mf == 1 or ip.frag_offset > 0 or ipv6.fraghdr"
#: What those of one datagram have in common, and what tells that one is whole.
COLUMNS = (
    "frame.number", "frame.protocols", "ip.src", "ip.dst", "ip.id", "ip.proto", "ip.flags.mf", "ip.frag_offset", "ipv6.src", "ipv6.dst",
    "ipv6.fraghdr.ident",
)  # fmt: skip
#: Where the layers of a fragment end whose datagram is not whole yet.
OPEN = ("ip", "ipv6.fraghdr", "data")


def with_pieces(trace: Trace, where: str) -> str:
    """Return a display filter for what `where` chooses, with every fragment of the datagrams that it chooses when they are put together.

    The capture is read once, and once more if there are fragments of such datagrams. Of a datagram that is never whole there are the fragments that
    `where` chooses by themselves.
    """
    chosen = {row["frame.number"] for row in trace.packets("frame.number", where=f"({PIECES}) and ({where})", reassemble=True)}
    if not chosen:
        return where
    frames: set[int] = set()
    waiting: dict[tuple[Any, ...], list[int]] = {}
    for row in trace.packets(*COLUMNS, where=PIECES, occurrence="all", reassemble=True):
        number, key = row["frame.number"], _datagram(row)
        waiting.setdefault(key, []).append(number)
        if number in chosen:
            frames.update(waiting.pop(key))
        elif row["frame.protocols"].split(":")[-1] not in OPEN:
            # The datagram is whole, and another's; its number may come again.
            del waiting[key]
    return f"({where}) or frame.number in {{{', '.join(_ranges(sorted(frames)))}}}"


def _datagram(row: dict[str, Any]) -> tuple[Any, ...]:
    """Tell which datagram a fragment is of: that of the outermost layer that is in fragments."""
    for at, (more, offset) in enumerate(zip(row["ip.flags.mf"] or (), row["ip.frag_offset"] or (), strict=True)):
        if more or offset:
            return tuple(row[name][at] for name in ("ip.src", "ip.dst", "ip.id", "ip.proto"))
    return tuple(row[name][0] for name in ("ipv6.src", "ipv6.dst", "ipv6.fraghdr.ident"))


def _ranges(numbers: Iterable[int]) -> list[str]:
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [f"{first}..{last}" for first, last in found]
