"""`unwire conn`: the log of connections. The rows are `Trace.conn`; here is the choice of columns for reading, and of a format."""

from __future__ import annotations

from typing import Literal

import click

from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.packets import account, lines
from unwire.cli.run import Run
from unwire.tables.export import parquet, pieces

#: What a table for reading shows.
SHOWN = (
    "ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes", "resp_bytes", "conn_state", "history",
    "uid",
)  # fmt: skip
_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "arrow", "parquet", "zeek")


@click.command("conn")
@flags.reads(*_FORMATS)
@click.option("--tcp", is_flag=True, help="How well TCP came through: handshake, retransmitted, out of order, lost, zero windows, by direction.")
@click.option("--streams", is_flag=True, help="Wireshark's numbers of the streams in a connection: tcp.stream, udp.stream.")
@click.option("--key", type=click.Choice(("vlan", "tunnel")), multiple=True, help="Tell connections apart by this, too.")
@click.option("--checksums", type=click.Choice(("ignore", "verify")), default="ignore", help="verify: packets with wrong ones are left out.")
@click.option("--local", metavar="NET", multiple=True, help="A network that counts as local, such as 10.0.0.0/8; private ones if left out.")
@click.option("--seed", type=click.IntRange(0, 65535), default=0, metavar="N", help="Community ID's seed.")
def conn(
    run: Run,
    tcp: bool,
    streams: bool,
    key: tuple[Literal["vlan", "tunnel"], ...],
    checksums: Literal["ignore", "verify"],
    local: tuple[str, ...],
    seed: int,
) -> int:
    """Print a row for each connection, with the columns of Zeek's conn.log.

    A connection is what two addresses and ports exchange until it is closed or idle. The table for reading shows the main columns; all
    other formats have all of them, and -T zeek is a conn.log.
    """
    style = style_of(run, _FORMATS, "table")
    with run.progress(streams=True) as progress:
        try:
            table = run.trace().conn(
                key=key,
                tcp=tcp,
                streams=streams,
                checksums=checksums,
                local=local or None,
                seed=seed,
                workers=run.workers,
                on_progress=progress,
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        with sink(run, style) as write:
            if style == "parquet":
                parquet(table, write)
            elif style == "zeek":
                for piece in table.zeek():
                    write(piece)
            else:
                shown = [name for name in table.columns if name in SHOWN or name in table.columns[27:]]
                for piece in lines(table, run, shown) if style == "table" else pieces(table, style):
                    write(piece)
            code = account(run, table) if run.strict else 0
    return code or account(run, table)
