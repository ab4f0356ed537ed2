"""`unwire fields`: the schema for reading, columns as `tshark -G fields` and protocols as layouts. What is declared comes from unwire.inspect."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import click

from unwire import inspect
from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, Page, page, show
from unwire.cli.rows import json_text, write_rows
from unwire.cli.run import Run
from unwire.errors import UnknownField

#: Arrow's names of types, as people say them.
_TYPES = {
    "Dictionary(Int32, Utf8)": "text",
    "Utf8": "text",
    "Binary": "bytes",
    'Timestamp(ns, "UTC")': "time",
    "Boolean": "truth",
    "Duration(ns)": "duration",
}

#: Sources of a field that the table shows; the other formats have all.
_SOURCES = 2


@click.command()
@flags.shows("table", "csv", "tsv", "json", "jsonl")
@click.argument("word", required=False, default="")
@click.option("--protocol", metavar="NAME", help="Show the layout of a protocol: by its name in frame.protocols, or its class.")
def fields(run: Run, word: str, protocol: str | None) -> int:
    """List the fields whose name, title or source holds WORD; with --protocol, the layout of a protocol."""
    if protocol is None:
        _fields(run, word)
    else:
        _protocol(run, protocol)
    return 0


def _fields(run: Run, word: str) -> None:
    low = word.lower()
    found = [c for c in inspect.columns() if low in c.name.lower() or low in c.title.lower() or any(low in source.lower() for source in c.sources)]
    if not found:
        raise UnknownField(f"no field has {word!r} in its name; `unwire fields` lists all")
    columns = (Col("name", style="bold"), Col("type"), Col("source"), Col("title"))

    def cells(column: inspect.Column) -> tuple[str, ...]:
        sources = ", ".join(column.sources[:_SOURCES]) + (f" and {len(column.sources) - _SOURCES} more" if len(column.sources) > _SOURCES else "")
        return column.name, type_name(column.type) + (" list" if column.list else ""), sources, column.title

    write_rows(run, inspect.Column, found, columns, cells)


def _protocol(run: Run, name: str) -> None:
    found = inspect.protocol(name)
    style = style_of(run, ("table", "csv", "tsv", "json", "jsonl"), "table")
    if style == "table":
        made = page(run)
        for one in found:
            _layout(made, one)
        show(run, made)
    elif style == "json":
        with sink(run, style) as write:
            write(json_text([dataclasses.asdict(one) for one in found]).encode())
    else:
        every = [field for one in found for field in one.fields]
        write_rows(run, inspect.Field, every, (), lambda field: ())


def _layout(made: Page, one: inspect.Protocol) -> None:
    made.heading(one.name or one.cls.rpartition(".")[2], one.title)
    facts = [("class", one.cls), ("kind", "part of other layers" if one.part else "layer")]
    facts += [("answers to", f"{space} {', '.join(map(str, keys))}") for space, keys in one.over.items()]
    facts += [("payload by", place) for place in one.next]
    made.facts(facts)
    rows = []
    for field, (offset, size) in zip(one.fields, places(one.fields), strict=True):
        columns = ", ".join(filter(None, (field.column, *field.also)))
        labels = ", ".join(f"{number} {label}" for number, label in list(field.names.items())[:4]) + (" …" if len(field.names) > 4 else "")
        rows.append((field.name, offset, size, field.kind, columns, labels))
    heads = (Col("field", style="bold"), Col("offset", True), Col("size", True), Col("kind"), Col("columns"), Col("labels", style="dim"))
    made.grid(heads, rows)


def places(fields: tuple[inspect.Field, ...]) -> Iterator[tuple[str, str]]:
    """Yield each field's offset and size as text: behind a variable part, the offset is from that part's end (``opts+0``)."""
    ends = [""]  # the names of the variable parts, by the anchor at their end
    for field in fields:
        if field.kind == "computed":
            yield "", ""
            continue
        start = ends[field.anchor] if field.anchor < len(ends) else f"#{field.anchor}"
        offset = f"{start}+{field.offset}" if start else str(field.offset)
        yield offset, "variable" if field.size is None else "" if field.size == 0 else str(field.size)
        if field.size is None:
            ends.append(field.name)


def type_name(arrow: str) -> str:
    """Return an Arrow type as it is shown: ``u16``, ``text``, ``time``."""
    if arrow.startswith("UInt"):
        return f"u{arrow[4:]}"
    if arrow.startswith("Int"):
        return f"i{arrow[3:]}"
    return _TYPES.get(arrow, arrow)
