"""`unwire packets`: one row per packet. The rows are `Trace.packets`; here are tshark's `-e`, `-E`, `-c` and the choice of a format."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import click

from unwire.cli import flags
from unwire.cli.listing import TIMES, TIMES_HELP, listed
from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, aligned, room_of
from unwire.cli.run import Run
from unwire.tables.export import Layout, parquet, pieces
from unwire.tables.table import Table

#: Formats that keep types: there a column holds one value, unless `-E occurrence=a` makes each a list.
TYPED = ("json", "jsonl", "arrow", "parquet")
_LAYOUT = "header=y|n, separator=X, occurrence=f|l|a, aggregator=X, quote=d|s|n"
_OCCURRENCES = {"f": "first", "l": "last", "a": "all"}
_QUOTES = {"d": '"', "s": "'", "n": None}
_SEPARATORS = {"/t": "\t", "/s": " "}
# Rows that are laid out together in a table: enough to find widths, few enough to begin at once.
_TOGETHER = 500


@click.command()
@flags.reads("table", "fields", "csv", "tsv", "json", "jsonl", "arrow", "parquet")
@click.option("-e", "fields", multiple=True, metavar="FIELD", help="A column, by its Wireshark name; may be given many times. See `unwire fields`.")
@click.option("-c", "limit", type=flags.COUNT, metavar="N", help="Stop after N packets.")
@click.option("-E", "layout", multiple=True, metavar="KEY=VALUE", help=f"{_LAYOUT}; /t and /s are tab and space.")
@click.option("-n", "_names", is_flag=True, help="Resolve no names; none ever are.")
@click.option("--reassemble", is_flag=True, help="Put datagrams together: the frame of the last fragment shows what they carry.")
@click.option("-t", "times", type=click.Choice(TIMES), default="r", help=TIMES_HELP)
@click.option("--detail", is_flag=True, help="Every field of every layer below each line of the packet list.")
@click.option("--hex", "octets", is_flag=True, help="The bytes below each line of the packet list.")
def packets(
    run: Run,
    fields: tuple[str, ...],
    limit: int | None,
    layout: tuple[str, ...],
    _names: bool,
    times: str,
    detail: bool,
    octets: bool,
    reassemble: bool,
) -> int:
    """Print Wireshark's packet list, or, with -e, one row of fields per packet.

    With -e the rows are as those of `tshark -T fields`: tabs between columns, commas between several values of one; with -T table
    they are a table for reading. Typed formats (json, jsonl, arrow, parquet) give the first value unless -E occurrence says otherwise.
    """
    if not fields and run.style in (None, "table") and not layout:
        return _list(run, limit, times, detail, octets)
    if detail or octets:
        raise click.UsageError("--detail and --hex belong to the packet list, which has neither -e nor -T")
    style = style_of(run, ("table", "fields", "csv", "tsv", "json", "jsonl", "arrow", "parquet"), "fields" if fields else "table")
    form, occurrence = _layout(layout)
    twice = next((name for index, name in enumerate(fields) if name in fields[:index]), None)
    if twice and style in ("arrow", "parquet"):
        raise click.UsageError(f"{twice} is asked for twice; columns of {style} have names of their own")
    if occurrence is None:
        occurrence = "first" if style in TYPED or not fields else "all"
    with run.progress(streams=True) as progress:
        table = run.trace().packets(*fields, occurrence=occurrence, workers=run.workers, reassemble=reassemble, on_progress=progress)  # type: ignore[arg-type]
        if limit is not None:
            table = table.limit(limit)
        with sink(run, style) as write:
            if style == "parquet":
                parquet(table, write)
            else:
                for piece in lines(table, run) if style == "table" else pieces(table, style, form):
                    write(piece)
            code = account(run, table) if run.strict else 0
    return code or account(run, table)


def _list(run: Run, limit: int | None, times: str, detail: bool, octets: bool) -> int:
    trace = run.trace().hearing()
    frames = itertools.islice(iter(trace.next, None), limit)
    with sink(run, "table") as write:
        for number, line in enumerate(listed(frames, times, detail=detail, octets=octets)):
            write((click.style(line, bold=True, fg="cyan") if number == 0 and run.colored else line).encode() + b"\n")
        code = run.account(trace.losses()) if run.strict else 0
    return code or run.account(trace.losses())


def account(run: Run, table: Table) -> int:
    """Say what a table's pass lost, and return the exit code."""
    return run.account((name, loss["reasons"]) for name, loss in zip(table.names, table.loss, strict=False))


def _layout(words: tuple[str, ...]) -> tuple[Layout, str | None]:
    """Read `-E` as tshark does."""
    header, separator, aggregator, quote, occurrence = None, "\t", ",", None, None
    for word in words:
        key, _, value = word.partition("=")
        if key == "header" and value in ("y", "n"):
            header = value == "y"
        elif key == "separator" and (value in _SEPARATORS or len(value) == 1):
            separator = _SEPARATORS.get(value, value)
        elif key == "aggregator" and (value in _SEPARATORS or len(value) == 1):
            aggregator = _SEPARATORS.get(value, value)
        elif key == "quote" and value in _QUOTES:
            quote = _QUOTES[value]
        elif key == "occurrence" and value in _OCCURRENCES:
            occurrence = _OCCURRENCES[value]
        else:
            raise click.BadParameter(f"{word!r} is none of {_LAYOUT}", param_hint="'-E'")
    return Layout(header, separator, aggregator, quote), occurrence


def lines(table: Table, run: Run, shown: Sequence[str] | None = None) -> Iterator[bytes]:
    """Yield a table as aligned lines, some hundred rows at a time: the widths of the first hold for all, and only grow. `shown` chooses columns."""
    names = list(table.columns if shown is None else shown)
    places = [table.columns.index(name) for name in names]
    columns = [Col(name, number=False) for name in names]
    widths: list[int] = []
    first = True
    for batch in table.batches():
        for start in range(0, len(batch), _TOGETHER):
            text = batch.slice(start, _TOGETHER).text("tsv").decode("utf-8", "replace")
            cells = [line.split("\t") for line in text.split("\n")[:-1]]
            rows = cells if shown is None else [[row[place] for place in places] for row in cells]
            if first:
                columns = [Col(name, _numbers(row[index] for row in rows)) for index, name in enumerate(names)]
                widths = [0] * len(columns)
            laid = aligned(columns, rows, widths, header=first, room=room_of(run))
            if first and run.colored:
                laid[0] = click.style(laid[0], bold=True, fg="cyan")
            yield "".join(f"{line}\n" for line in laid).encode()
            first = False
    if first:
        yield ("  ".join(names) + "\n").encode()


def _numbers(cells: Iterator[str]) -> bool:
    found = [cell for cell in cells if cell]
    return bool(found) and all(cell.isdigit() for cell in found)
