"""Rows of plain data (dataclasses) as a table, CSV, TSV, JSON or JSON lines, made while they are written. Packets stream by export.py."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, aligned, page, room_of, show
from unwire.cli.run import Run

FORMATS = ("table", "csv", "tsv", "json", "jsonl")
#: Rows that are held at once. A table of more has no colours: its rows are made twice, once for the widths of its columns.
_CHUNK = 4096
Row = TypeVar("Row")


def write_rows(run: Run, kind: type[Row], rows: Collection[Row], columns: Sequence[Col], cells: Callable[[Row], Sequence[str]]) -> None:
    """Write rows of a dataclass `kind`: `cells` of each by `columns` where people read, all of their fields where programs do."""
    style = style_of(run, FORMATS, "table")
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    if style == "table":
        _table(run, rows, columns, cells)
        return
    dicts = ({name: _plain(getattr(row, name)) for name in names} for row in rows)
    if style == "json":
        pieces = _json(dicts)
    elif style == "jsonl":
        pieces = (json.dumps(row, ensure_ascii=False) + "\n" for row in dicts)
    else:
        pieces = _separated(dicts, names, "," if style == "csv" else "\t")
    with sink(run, style) as write:
        while text := "".join(itertools.islice(pieces, _CHUNK)):
            write(text.encode("utf-8", "surrogateescape"))


def _table(run: Run, rows: Collection[Row], columns: Sequence[Col], cells: Callable[[Row], Sequence[str]]) -> None:
    if len(rows) <= _CHUNK:
        made = page(run)
        made.grid(columns, [cells(row) for row in rows])
        show(run, made)
        return
    widths: list[int] = [0] * len(columns)
    for chunk in _chunks(rows):
        aligned(columns, [cells(row) for row in chunk], widths)
    width = room_of(run)
    with sink(run) as write:
        for index, chunk in enumerate(_chunks(rows)):
            lines = aligned(columns, [cells(row) for row in chunk], widths, header=not index, room=width and max(1, width - 2))
            write("".join(f"  {line}\n" for line in lines).encode("utf-8", "surrogateescape"))


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while chunk := list(itertools.islice(left, _CHUNK)):
        yield chunk


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def _json(dicts: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield what `json_text` of the whole list would return, a row at a time."""
    before = "[\n"
    for row in dicts:
        yield before + textwrap.indent(json.dumps(row, ensure_ascii=False, indent=2), "  ")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def json_text(value: Any) -> str:
    """Return a value as JSON for programs and people."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _separated(rows: Iterable[dict[str, Any]], names: Sequence[str], separator: str) -> Iterator[str]:
    for row in itertools.chain([dict(zip(names, names, strict=True))], rows):
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator="\n").writerow(_cell(row[name]) for name in names)
        yield out.getvalue()


def _cell(value: Any) -> Any:
    """Return a value as one cell: lists joined by commas, mappings as JSON."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
