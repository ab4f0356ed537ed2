"""`unwire match`: the packets that an expression in Pktt's language finds. Finding is `Trace.match`; here is how they are printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from unwire.cli import flags
from unwire.cli.listing import COLUMNS, TIMES, TIMES_HELP, Clock, cells, listed
from unwire.cli.output import sink
from unwire.cli.rows import json_text
from unwire.cli.run import Run


@click.command()
@flags.reads("table", "json")
@click.option("--reply", is_flag=True, help="The replies to calls that were found, too.")
@click.option("--from", "start", type=flags.COUNT, default=0, metavar="N", help="Begin with the packet of index N, counted from 0.")
@click.option("--max", "most", type=flags.COUNT, metavar="N", help="Stop before the packet of index N.")
@click.option("--live", is_flag=True, help="Follow a file that is still being written, and those that come after it.")
@click.option("--timeout", type=flags.Seconds(), metavar="SECONDS", help="With --live: so long without news is the end.")
@click.option("-t", "times", type=click.Choice(TIMES), default="r", help=TIMES_HELP)
@click.option("--detail", is_flag=True, help="Every field of every layer below each line.")
@click.option("--hex", "octets", is_flag=True, help="The bytes below each line.")
def match(run: Run, reply: bool, start: int, most: int | None, live: bool, timeout: float | None, times: str, detail: bool, octets: bool) -> int:
    """Print the packets that EXPR matches, in Pktt's language; it stands behind the FILEs.

    unwire match trace.pcap "TCP.flags.SYN == 1 and IP.src == '10.0.0.1'"
    """
    if not run.files or not (run.files[1:] or run.read):
        raise click.UsageError("name the FILE first, then the expression: unwire match FILE EXPR")
    *files, expression = run.files
    run.files = tuple(files)
    trace = run.trace(live=live, timeout=timeout)
    if start:
        trace.seek(start)

    def found() -> Iterator[Any]:
        while (packet := trace.match(expression, maxindex=most, rewind=False, reply=reply)) is not None:
            yield packet

    # An expression that cannot be meant is an error before anything is printed.
    trace.compiled(expression)
    with sink(run, run.style or "table") as write:
        if run.style == "json":
            clock = Clock(times)
            write(json_text([_row(packet, clock) for packet in found()]).encode())
        else:
            for line in listed(found(), times, detail=detail, octets=octets):
                write(f"{line}\n".encode())
    return run.account(trace.losses())


def _row(packet: Any, clock: Clock) -> dict[str, str | float | None]:
    """Return a line of the list with numbers as numbers."""
    row: dict[str, str | float | None] = dict(zip(COLUMNS, cells(packet, clock), strict=True))
    if clock.passes and row["Time"]:
        # Seconds since the epoch stay text, as in frame.time_epoch: a number of JSON readers has no nanoseconds there.
        row["Time"] = float(str(row["Time"]))
    return row | {"No.": packet.number, "Length": packet.len}


# The files are read as all verbs read them; the last of them is the expression.
next(one for one in match.params if one.name == "files").metavar = "FILE… EXPR"
