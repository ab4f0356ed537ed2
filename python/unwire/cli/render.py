"""How results look: headings, facts, grids, bars, as rich text on a terminal and as aligned plain text elsewhere. Knows no verb and no capture."""

from __future__ import annotations

import io
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from unwire.cli.output import sink, visible
from unwire.cli.run import Run

_BLOCKS = " ▁▂▃▄▅▆▇█"
_LEVELS = " .:-=+*#@"
#: Characters to which cells are padded at most: more than a SHA-256 in hexadecimal has.
_PADDED = 80
#: Characters that a column keeps where the terminal is too narrow for all.
_NARROWEST = 12


@dataclass(frozen=True)
class Col:
    """A column of a grid: its heading, whether it is a number (right-aligned), and a style for terminals."""

    heading: str
    number: bool = False
    style: str = ""


class Page(ABC):
    """Something to read: sections one after the other."""

    @abstractmethod
    def heading(self, text: str, note: str = "") -> None:
        """Begin a section."""

    @abstractmethod
    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show names and what they are."""

    @abstractmethod
    def grid(self, columns: Sequence[Col], rows: Sequence[Sequence[str]]) -> None:
        """Show rows in columns."""

    @abstractmethod
    def line(self, text: str, style: str = "") -> None:
        """Show one line."""

    @abstractmethod
    def text(self) -> str:
        """Return all of it."""


class Plain(Page):
    """Aligned text."""

    def __init__(self, room: int | None = None) -> None:
        """Begin with nothing; lines of tables have at most `room` characters."""
        self._lines: list[str] = []
        self._room = None if room is None else max(1, room - 2)

    def heading(self, text: str, note: str = "") -> None:
        """Begin a section behind an empty line."""
        self._lines += [*([""] if self._lines else []), visible(text) + (f"  ({visible(note)})" if note else "")]

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show names and what they are."""
        width = max((len(name) for name, _ in rows), default=0)
        self._lines += [f"  {name:<{width}}  {visible(value)}" for name, value in rows]

    def grid(self, columns: Sequence[Col], rows: Sequence[Sequence[str]]) -> None:
        """Show rows in columns."""
        self._lines += ["  " + line for line in aligned(columns, rows, room=self._room)]

    def line(self, text: str, style: str = "") -> None:
        """Show one line."""
        self._lines.append(f"  {visible(text)}")

    def text(self) -> str:
        """Return all of it."""
        return "".join(f"{line.rstrip()}\n" for line in self._lines)


class Rich(Page):
    """Text with colours, made by rich."""

    def __init__(self) -> None:
        """Begin with nothing, as wide as the terminal."""
        from rich.console import Console

        width = shutil.get_terminal_size((100, 24)).columns
        self._console = Console(file=io.StringIO(), force_terminal=True, width=width, highlight=False, legacy_windows=False)
        self._begun = False

    def heading(self, text: str, note: str = "") -> None:
        """Begin a section behind an empty line."""
        from rich.text import Text

        if self._begun:
            self._console.print()
        self._begun = True
        self._console.print(Text.assemble((visible(text), "bold cyan"), (f"  {visible(note)}" if note else "", "dim")))

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show names and what they are."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(Text(f"  {name}"), Text(visible(value)))
        self._console.print(table)

    def grid(self, columns: Sequence[Col], rows: Sequence[Sequence[str]]) -> None:
        """Show rows in columns."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("", width=0)
        for column in columns:
            justify = "right" if column.number else "left"
            table.add_column(column.heading, justify=justify, style=column.style or None, overflow="fold", no_wrap=column.number)  # type: ignore[arg-type]
        for row in rows:
            table.add_row("", *(Text(visible(cell)) for cell in row))
        self._console.print(table)

    def line(self, text: str, style: str = "") -> None:
        """Show one line."""
        from rich.text import Text

        self._console.print(Text(f"  {visible(text)}", style=style), soft_wrap=True)

    def text(self) -> str:
        """Return all of it."""
        file = self._console.file
        assert isinstance(file, io.StringIO)
        return file.getvalue()


def page(run: Run) -> Page:
    """Return an empty page of the kind that fits where the result goes."""
    return Rich() if run.colored else Plain(room_of(run))


def show(run: Run, made: Page) -> None:
    """Write a page to where the result goes."""
    if run.out is None and isinstance(made, Rich):  # its control characters are rich's own; the capture's are escaped already
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.buffer.write(made.text().encode(encoding, "replace"))
        return
    with sink(run) as write:
        write(made.text().encode("utf-8"))


def room_of(run: Run) -> int | None:
    """Return how many characters a line may have: those of the terminal, if the result goes to one that has a width."""
    if (run.out is not None and run.out != "-") or sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size((0, 0)).columns or None


def aligned(
    columns: Sequence[Col], rows: Sequence[Sequence[str]], widths: list[int] | None = None, *, header: bool = True, room: int | None = None
) -> list[str]:
    """Return rows as lines of aligned text; `widths` are kept and grown, so that a later call continues the table.

    One long cell does not pad all others: cells are padded to `_PADDED` characters at most, and what is longer stands out. Where there is only so
    much `room`, the widest columns are narrower and their cells cut.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [0] * len(columns) if widths is None else widths
    for index, column in enumerate(columns):
        widest = max((len(row[index]) for row in shown), default=0)
        widths[index] = max(widths[index], len(column.heading) if header else 0, widest if room is not None else min(_PADDED, widest))
    lines = [[column.heading for column in columns], *shown] if header else shown
    if room is not None:
        widths = _fitted(widths, room)
        lines = [[_cut(cell, width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    sides = [">" if column.number else "<" for column in columns]
    made = ["  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True)).rstrip() for line in lines]
    return made if room is None else [_cut(line, room) for line in made]


def _fitted(widths: list[int], room: int) -> list[int]:
    """Return widths that leave room for all columns, as far as the widest can give some."""
    room -= 2 * (len(widths) - 1)
    # The most that columns can have if none has more: found by halves, as there may be a thousand of them.
    low, high = _NARROWEST, max(widths, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(width, middle) for width in widths) <= room else (low, middle - 1)
    return [min(width, low) for width in widths]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(0, width - 1)]}…"


def unicode_ok(run: Run) -> bool:
    """Return whether blocks and arrows can be shown: files are UTF-8, standard output may be something else."""
    return run.out is not None or (sys.stdout.encoding or "ascii").lower().replace("-", "") == "utf8"


def spark(values: Sequence[int], *, unicode: bool) -> str:
    """Return values as a line of bars; what is not 0 never looks like it."""
    levels, top = (_BLOCKS if unicode else _LEVELS), max(values, default=0)
    return "".join(levels[max(1, round(value / top * (len(levels) - 1)))] if value else levels[0] for value in values)


def bar(share: float, width: int = 20, *, unicode: bool) -> str:
    """Return a share of 1 as a bar."""
    return ("█" if unicode else "#") * max(round(share * width), 1 if share else 0)


def count(number: int) -> str:
    """Return a number with thousands apart."""
    return f"{number:,}"


def size(number: float) -> str:
    """Return bytes for people: ``214.6 kB``."""
    if number < 1000:
        return f"{number:.0f} B"
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        number /= 1000
        if number < 999.95 or unit == "PB":
            return f"{number:.1f} {unit}"
    raise AssertionError


def span(seconds: float) -> str:
    """Return a duration for people: ``11.384 s``, ``2 h 05 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 60:
        return f"{seconds:.3f} s"
    minutes, left = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {left:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours < 48 else f"{hours // 24} d {hours % 24:02} h"
