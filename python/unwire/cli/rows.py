"""Rows of plain data (dataclasses) as a table, CSV, TSV, JSON or JSON lines. For results that fit in memory; packets stream by export.py."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Sequence
from typing import Any

from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, page, show
from unwire.cli.run import Run

FORMATS = ("table", "csv", "tsv", "json", "jsonl")


def write_rows(run: Run, kind: type, rows: Sequence[Any], columns: Sequence[Col], cells: Sequence[Sequence[str]]) -> None:
    """Write rows of a dataclass `kind`: `cells` by `columns` where people read, all of their fields where programs do."""
    style = style_of(run, FORMATS, "table")
    if style == "table":
        made = page(run)
        made.grid(columns, cells)
        show(run, made)
        return
    dicts = [dataclasses.asdict(row) for row in rows]
    if style == "json":
        text = json_text(dicts)
    elif style == "jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in dicts)
    else:
        text = _separated(dicts, [field.name for field in dataclasses.fields(kind)], "," if style == "csv" else "\t")
    with sink(run, style) as write:
        write(text.encode("utf-8", "surrogateescape"))


def json_text(value: Any) -> str:
    """Return a value as JSON for programs and people."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _separated(rows: list[dict[str, Any]], names: Sequence[str], separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(_cell(row[name]) for name in names)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Return a value as one cell: lists joined by commas, mappings as JSON."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
