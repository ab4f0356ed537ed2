"""Packets as lines for reading: Wireshark's packet list, with every field or the bytes below each line where they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from unwire.cli.output import visible

#: Columns of the list, and how wide they are at least.
COLUMNS = ("No.", "Time", "Source", "Destination", "Protocol", "Length", "Info")
_WIDTHS = [5, 12, 15, 15, 8, 6]
_NUMBERS = (0, 1, 5)
_BILLION = 1_000_000_000
#: How times can be shown: tshark's words for -t, and what --help says of them.
TIMES = ("a", "ad", "d", "e", "r", "u", "ud")
TIMES_HELP = "Times: a or u of day, ad or ud with the date (both UTC, with a Z), d since the packet before, e since 1970, r since the first packet."


def listed(packets: Iterable[Any], times: str = "r", *, detail: bool = False, octets: bool = False) -> Iterator[str]:
    """Yield the lines of a packet list, the first one its header; a cell that is too wide for its column makes it wider from there on."""
    widths, headed = list(_WIDTHS), False
    clock = Clock(times)
    for packet in packets:
        if not headed:  # whoever waits for a first packet is shown nothing yet
            yield _line(COLUMNS, widths)
            headed = True
        yield _line([visible(cell) for cell in cells(packet, clock)], widths)
        if detail:
            yield from (f"    {visible(line)}" for line in packet.show(3).splitlines())
        if octets:
            yield from (f"    {line}" for line in dumped(bytes(packet)))
        if detail or octets:
            yield ""
    if not headed:
        yield _line(COLUMNS, widths)


def cells(packet: Any, clock: Clock) -> tuple[str, ...]:
    """Return what the list shows of a packet, column by column."""
    source, destination, protocol, info = packet.line()
    return (str(packet.number), clock(packet), source, destination, protocol, str(packet.len), info)


def _line(row: Iterable[str], widths: list[int]) -> str:
    *columns, info = row
    for index, cell in enumerate(columns):
        widths[index] = max(widths[index], len(cell))
    made = (cell.rjust(width) if index in _NUMBERS else cell.ljust(width) for index, (cell, width) in enumerate(zip(columns, widths, strict=True)))
    return f"{'  '.join(made)}  {info}".rstrip()


class Clock:
    """Times as tshark's -t has them: r since the first packet, d since the one before, a and u the time of day, ad and ud with the date, e since
    the epoch. Those of a clock are UTC, whatever the zone of this machine, and say so by their Z; then they can be typed as they are shown.
    """

    def __init__(self, style: str) -> None:
        shows: dict[str, Callable[[int, Any], str]] = {"r": self._relative, "d": self._delta, "e": lambda time, _: _seconds(time)}
        shows |= dict.fromkeys(("a", "u"), _of_day) | dict.fromkeys(("ad", "ud"), _date)
        self._show = shows[style]
        #: Whether it shows seconds since another packet.
        self.passes = style in ("r", "d")
        self._before: int | None = None

    def __call__(self, packet: Any) -> str:
        """Return the time of a packet; packets come in their order."""
        return "" if packet.time_ns is None else self._show(packet.time_ns, packet)

    def _relative(self, time: int, packet: Any) -> str:
        first = packet._first_ns
        return _seconds(time - (time if first is None else first))

    def _delta(self, time: int, _: Any) -> str:
        before, self._before = self._before, time
        return _seconds(0 if before is None else time - before)


def _of_day(time: int, _: Any) -> str:
    return f"{datetime.fromtimestamp(time // _BILLION, UTC):%H:%M:%S}.{time % _BILLION:09d}Z"


def _date(time: int, _: Any) -> str:
    return f"{datetime.fromtimestamp(time // _BILLION, UTC):%Y-%m-%d %H:%M:%S}.{time % _BILLION:09d}Z"


def _seconds(time: int) -> str:
    sign = "-" if time < 0 else ""
    return f"{sign}{abs(time) // _BILLION}.{abs(time) % _BILLION:09d}"


def dumped(data: bytes) -> Iterator[str]:
    """Yield the bytes in rows of sixteen: offset, hexadecimal, text."""
    for start in range(0, len(data), 16):
        row = data[start : start + 16]
        text = "".join(chr(one) if 32 <= one < 127 else "." for one in row)
        yield f"{start:04x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {text}"
