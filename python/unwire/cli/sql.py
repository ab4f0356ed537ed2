"""`unwire sql`: a statement over packets and logs, and its answer as text or as a table. What is read for it is tables/sql.py's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import click

from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, aligned, room_of
from unwire.cli.run import Run
from unwire.tables.sql import Query
from unwire.tables.table import need

_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "arrow", "parquet")
# Rows that are laid out together.
_TOGETHER = 500


@click.command("sql")
@flags.reads(*_FORMATS)
@click.option("-e", "--execute", "statement", metavar="STATEMENT", help="The statement; if left out it is the last argument.")
def sql(run: Run, statement: str | None) -> int:
    """Ask packets and logs in SQL: unwire sql FILE… "select service, count(*) from conn group by service".

    Tables are packets (columns by Wireshark's names, those with dots between double quotes), conn, dns, http, ssl, x509, files, quic and weird. Only
    tables that are named are read, and of packets only the columns that are needed. Needs duckdb and pyarrow: pip install unwire[sql].
    """
    style = style_of(run, _FORMATS, "table")
    if statement is None:
        if len(run.files) < 2:
            raise click.UsageError('give files and a statement: unwire sql FILE… "select … from …"')
        *files, statement = run.files
        run.files = tuple(files)
    with run.progress(streams=True) as progress:
        query = Query(run.trace(), statement, workers=run.workers, on_progress=progress)
        try:
            with sink(run, style) as write:
                _write(query, style, write, room_of(run))
                lost = {name: loss["reasons"] for table in query.tables.values() for name, loss in zip(table.names, table.loss, strict=False)}
                code = run.account(lost.items()) if run.strict else 0
        finally:
            query.close()
    return code or run.account(lost.items())


def _write(query: Query, style: str, write: Callable[[bytes], object], room: int | None) -> None:
    batches = query.batches()
    if style in ("arrow", "parquet"):
        _write_arrow(query, batches, style, write)
        return
    names = list(query.relation.columns)
    rows = (dict(zip(names, row, strict=True)) for batch in batches for row in _rows(batch))
    if style == "jsonl":
        for row in rows:
            write((json.dumps(row, ensure_ascii=False) + "\n").encode())
    elif style == "json":
        begun = False
        for row in rows:
            write((",\n" if begun else "[\n").encode() + json.dumps(row, ensure_ascii=False).encode())
            begun = True
        write(b"\n]\n" if begun else b"[]\n")
    else:
        for text in _lines(names, rows, style, room):
            write(f"{text}\n".encode())


def _lines(names: list[str], rows: Iterator[dict[str, Any]], style: str, room: int | None) -> Iterator[str]:
    import csv
    import io
    import itertools

    if style == "table":
        widths = [0] * len(names)
        header = True
        while some := list(itertools.islice(rows, _TOGETHER)):
            cells = [[_cell(row[name]) for name in names] for row in some]
            columns = [Col(name, number=all(not isinstance(row[name], str | list) for row in some)) for name in names]
            yield from aligned(columns, cells, widths, header=header, room=room)
            header = False
        if header:
            yield "  ".join(names)
        return
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if style == "csv" else "\t", lineterminator="")
    for line in itertools.chain([names], ([_cell(row[name]) for name in names] for row in rows)):
        writer.writerow(line)
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _rows(batch: Any) -> Iterator[tuple[Any, ...]]:
    """Yield rows of what JSON knows: times as text, bytes in hexadecimal."""
    pyarrow = need("pyarrow")
    columns = []
    for column in batch.columns:
        # Times are UTC, and say so as in all other tables.
        zone = "Z" if pyarrow.types.is_timestamp(column.type) and column.type.tz is None else ""
        if pyarrow.types.is_temporal(column.type):
            column = column.cast(pyarrow.string())
        columns.append([_plain(value + zone if zone and value else value) for value in column.to_pylist()])
    # A result of no columns has no rows, either.
    yield from zip(*columns, strict=True)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    # Sums of large numbers are decimal.
    return int(value) if hasattr(value, "as_tuple") and value == int(value) else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(_cell(one) for one in value)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _write_arrow(query: Query, batches: Iterator[Any], style: str, write: Callable[[bytes], object]) -> None:
    from unwire.tables.export import Bytes

    pyarrow, kind = need("pyarrow"), need("pyarrow").RecordBatchReader.from_stream(query.relation.limit(0)).schema
    into = Bytes(write)
    if style == "arrow":
        with pyarrow.ipc.new_stream(into, kind) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return
    with need("pyarrow.parquet").ParquetWriter(into, kind, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
