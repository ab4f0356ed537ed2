"""`unwire stats`: one count each. The counting is in unwire.tables; each subcommand here names its tally and its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import cast

import click

from unwire.cli import flags
from unwire.cli.render import Col, bar, count, size, unicode_ok
from unwire.cli.rows import FORMATS, write_rows
from unwire.cli.run import Run
from unwire.tables import flows as talk
from unwire.tables.summary import SHAPE_KEY, Interval, Node, intervals, tree
from unwire.tables.tally import Counted, Part, Tally
from unwire.tables.tally import count as count_packets

_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9}
_TOP = click.option("--top", type=click.IntRange(min=0), default=0, metavar="N", help="Show the first N only.")


@click.group()
def stats() -> None:
    """Count packets and bytes, in one pass each."""


def _pass(run: Run, key: Sequence[Part], read: Callable[[Tally], None]) -> int:
    """Count by one key, show it, and account for what was lost."""
    return _counted(run, [key], None, lambda counted: read(counted.tallies[0]))


def _talks(run: Run, read: Callable[[talk.Talks], None], others: Callable[[talk.Talks], talk.Others | None]) -> int:
    """Count who talks to whom, show it, and say what was put together for want of room, as far as that is missing in what is shown."""
    talks = talk.Talks(generation=run.trace().generation)

    def show(_: Counted) -> None:
        read(talks)
        if (lost := others(talks)) and lost.packets:
            run.say(
                f"{lost.packets:,} packets ({size(lost.bytes)}) of the smallest were put together for want of room, and are in no row: what is "
                f"not shown had at most {count(lost.each)} bytes each, and as many may be missing in what is"
            )

    return _counted(run, [], talks, show)


def _counted(run: Run, keys: Sequence[Sequence[Part]], talks: talk.Talks | None, read: Callable[[Counted], None]) -> int:
    with run.progress() as progress:
        counted = count_packets(run.trace(), keys, flows=talks.engine if talks else None, workers=run.workers, on_progress=progress)
    lost = [(name, info.loss()["reasons"]) for name, info in zip(counted.names, counted.infos, strict=True)]
    code = run.account(lost) if run.strict else 0
    read(counted)
    for (packets, _), tally in zip(counted.beyond, counted.tallies, strict=True):
        if packets:
            run.say(f"{packets:,} packets are beyond the {len(tally):,} distinct keys that are counted, and in no row")
    return code or run.account(lost)


@stats.command()
@flags.reads(*FORMATS)
def protocols(run: Run) -> int:
    """Show the tree of protocols, as tshark's `-z io,phs`."""

    def read(tally: Tally) -> None:
        nodes = tree(tally)
        whole = sum(counts[0] for counts in tally.values())
        unicode = unicode_ok(run)

        def cells(n: Node) -> tuple[str, ...]:
            share = n.packets / whole
            return "  " * n.depth + n.name, count(n.packets), f"{share:.1%}", count(n.bytes), bar(share, unicode=unicode)

        write_rows(run, Node, nodes, _columns("protocol", "#packets", "#share", "#bytes", ""), cells)

    return _pass(run, SHAPE_KEY, read)


@stats.command()
@flags.reads(*FORMATS)
@_TOP
def talkers(run: Run, top: int) -> int:
    """Show addresses with what they sent and received, most bytes first."""
    return _talks(run, lambda talks: _talkers(run, talks.talkers(top)), lambda talks: talks.lost[1])


@stats.command()
@flags.reads(*FORMATS)
@_TOP
def endpoints(run: Run, top: int) -> int:
    """Show addresses with their ports and what they sent and received, most bytes first."""
    return _talks(run, lambda talks: _talkers(run, talks.endpoints(top), ports=True), lambda talks: talks.lost[0])


def _talkers(run: Run, found: talk.Rows[talk.Talker], *, ports: bool = False) -> None:
    def cells(t: talk.Talker) -> tuple[str, ...]:
        return (
            t.address, *((t.protocol or "", _number(t.port)) if ports else ()), count(t.packets), size(t.bytes), count(t.packets_sent),
            size(t.bytes_sent), count(t.packets_received), size(t.bytes_received),
        )  # fmt: skip

    heads = ("protocol", "#port") if ports else ()
    columns = _columns("address", *heads, "#packets", "#bytes", "#sent", "#bytes sent", "#received", "#bytes received")
    write_rows(run, talk.Talker, found, columns, cells)


@stats.command()
@flags.reads(*FORMATS)
@_TOP
@click.option("--by", type=click.Choice(("port", "service", "address")), default="port", show_default=True, help="What makes two packets one talk.")
def conversations(run: Run, top: int, by: str) -> int:
    """Show who talked with whom, most bytes first; the one on the left began."""

    def cells(c: talk.Conversation) -> tuple[str, ...]:
        return (
            c.protocol, c.a, _number(c.a_port), c.b, _number(c.b_port), c.service or "", count(c.packets_a_to_b), size(c.bytes_a_to_b),
            count(c.packets_b_to_a), size(c.bytes_b_to_a), c.first or "", c.last or "",
        )  # fmt: skip

    heads = ["protocol", "from", "#port", "to", "#to port", "service"]
    heads += ["#packets out", "#bytes out", "#packets back", "#bytes back", "first", "last"]

    def read(talks: talk.Talks) -> None:
        write_rows(run, talk.Conversation, talks.conversations(top, by=cast(talk.By, by)), _columns(*heads), cells)

    return _talks(run, read, lambda talks: talks.lost[0])


@stats.command()
@flags.reads(*FORMATS)
@_TOP
def ports(run: Run, top: int) -> int:
    """Show ports as the source and the target of packets, most bytes first."""

    def cells(p: talk.Port) -> tuple[str, ...]:
        return (
            p.protocol, str(p.port), p.service or "", count(p.packets), size(p.bytes), count(p.packets_from), size(p.bytes_from),
            count(p.packets_to), size(p.bytes_to),
        )  # fmt: skip

    heads = ("protocol", "#port", "service", "#packets", "#bytes", "#from", "#bytes from", "#to", "#bytes to")
    return _talks(run, lambda talks: write_rows(run, talk.Port, talks.ports(top), _columns(*heads), cells), lambda talks: None)


def _span(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Read a duration such as 100ms, 1s, 5min as nanoseconds."""
    found = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,9}))?(ns|us|ms|s|min|h|d)?", value)
    if found:
        whole, part, unit = found.groups()
        scale = _UNITS[unit or "s"]
        span: int = int(whole) * scale + int(part or 0) * scale // 10 ** len(part or "")
        if 0 < span < 1 << 63:
            return span
    raise click.BadParameter(f"{value!r} is no duration; write 100ms, 1s, 5min, 1h (units: {', '.join(_UNITS)})", ctx, param)


@stats.command()
@flags.reads(*FORMATS)
@click.option("--every", callback=_span, default="1s", show_default=True, metavar="SPAN", help="Width of an interval.")
def interval(run: Run, every: int) -> int:
    """Show packets and bytes by time; the intervals are whole multiples of their width since 1970."""

    def read(tally: Tally) -> None:
        found, whole = intervals(tally, every)
        if not whole:
            run.say("there are too many intervals; the empty ones are left out")
        if timeless := tally.get((None,)):
            run.say(f"{timeless[0]:,} packets have no time, and are in no row")
        top, unicode = max((i.packets for i in found), default=0), unicode_ok(run)

        def cells(i: Interval) -> tuple[str, ...]:
            return i.time, count(i.packets), count(i.bytes), bar(i.packets / top if top else 0, unicode=unicode)

        write_rows(run, Interval, found, _columns("time", "#packets", "#bytes", ""), cells)

    return _pass(run, [("frame.time", every)], read)


def _columns(*heads: str) -> list[Col]:
    """Return columns by heading; one that begins with ``#`` is a number."""
    return [Col(head.removeprefix("#"), head.startswith("#"), "bold" if index == 0 else "") for index, head in enumerate(heads)]


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
