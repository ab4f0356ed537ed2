"""`unwire streams`: the streams of captures as a list, and with --dir as files, one for each side. The streams are capture/streams.py's."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import click

from unwire.capture.streams import Chunk, Side, Stream, Streams
from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.render import Col, aligned, room_of
from unwire.cli.run import Run
from unwire.tables.logs import empty_folder

# Rows that are laid out together.
_TOGETHER = 500
_COLUMNS = ("stream", "client", "server", "packets", "client_bytes", "server_bytes", "client_missing", "server_missing", "first_frame", "ended")


@click.command()
@flags.reads("table", "csv", "tsv", "json", "jsonl")
@click.option("--dir", "folder", type=click.Path(file_okay=False), metavar="DIR", help="Write what each side sent to a file in this folder.")
@click.option("--udp", "datagrams", is_flag=True, help="What datagrams say between two ends, in place of TCP: udp.stream.")
@click.option("--policy", type=click.Choice(("first", "last")), default="first", help="Which bytes count where segments overlap.")
def streams(run: Run, folder: str | None, datagrams: bool, policy: str) -> int:
    """List the TCP streams of captures, in the order in which they end, or with --udp what datagrams say between the same ends.

    With --dir the bytes of each side are written to DIR/NUMBER-client-ADDRESS-PORT.bin and DIR/NUMBER-server-….bin; what is missing in the capture
    takes no room there and is listed with its place in DIR/gaps.tsv. -Y chooses the streams that have a packet that matches.
    """
    style = style_of(run, ("table", "csv", "tsv", "json", "jsonl"), "table")
    trace = run.trace()
    found = trace.streams(policy=policy, transport="udp" if datagrams else "tcp")  # type: ignore[arg-type]
    several = len(trace.names) > 1
    rows = _rows(found, trace.names, None if folder is None else empty_folder(folder, force=run.force), several=several)
    with sink(run, style) as write:
        for line in _lines(rows, style, room_of(run)):
            write(f"{line}\n".encode())
    over, total, _ = found.caps
    if over or total:
        run.say(f"{over + total:,} times bytes were given up because too many waited behind them")
    return run.account((name, loss["reasons"]) for name, loss in zip(trace.names, found.loss, strict=False))


def _rows(found: Streams, names: list[str], folder: Path | None, *, several: bool) -> Iterator[list[str]]:
    for stream in found:
        prefix = f"{names.index(stream.capture)}-" if several else ""
        if folder is not None:
            _write(folder, f"{prefix}{stream.number:06}{f'.{stream.part}' if stream.part else ''}", stream)
        client, server = stream.client, stream.server
        ended = client.how if client.how == server.how else f"{client.how}/{server.how}"
        numbers = (stream.packets, client.size, server.size, client.missing, server.missing, stream.first_frame)
        yield [f"{stream.number}{f'.{stream.part}' if stream.part else ''}", str(client.end), str(server.end), *map(str, numbers), ended]


def _write(folder: Path, name: str, stream: Stream) -> None:
    """Write both sides in one reading of the stream; a side without bytes has no file."""
    paths = {sender: folder / f"{name}-{sender}-{_safe(side)}.bin" for sender, side in (("client", stream.client), ("server", stream.server))}
    sizes = dict.fromkeys(paths, 0)
    files = {}
    try:
        for told in stream.chunks:
            if isinstance(told, Chunk):
                if told.sender not in files:
                    files[told.sender] = paths[told.sender].open("wb")
                files[told.sender].write(told.bytes)
                sizes[told.sender] += len(told.bytes)
            else:
                with (folder / "gaps.tsv").open("a", encoding="utf-8") as gaps:
                    gaps.write(f"{paths[told.sender].name}\t{sizes[told.sender]}\t{told.size}\t{int(told.acknowledged)}\t{told.why}\n")
    finally:
        for file in files.values():
            file.close()


def _safe(side: Side) -> str:
    return f"{side.end.address.replace(':', '_')}-{side.end.port}"


def _lines(rows: Iterator[list[str]], style: str, room: int | None) -> Iterator[str]:
    if style == "table":
        columns = [Col(name, number=name not in ("client", "server", "ended")) for name in _COLUMNS]
        widths = [0] * len(columns)
        yield from aligned(columns, list(itertools.islice(rows, _TOGETHER)), widths, room=room)
        while some := list(itertools.islice(rows, _TOGETHER)):
            yield from aligned(columns, some, widths, header=False, room=room)
        return
    if style in ("json", "jsonl"):
        lines = (json.dumps({name: int(cell) if cell.isdigit() else cell for name, cell in zip(_COLUMNS, row, strict=True)}) for row in rows)
        if style == "jsonl":
            yield from lines
        else:
            yield f"[{', '.join(lines)}]"
        return
    between = "," if style == "csv" else "\t"
    yield between.join(_COLUMNS)
    for row in rows:
        yield between.join(row)
