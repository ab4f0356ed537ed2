"""`unwire slice`: a capture cut out of captures. What is written, and how, is capture/slicing.py's."""

from __future__ import annotations

from dataclasses import replace

import click

from unwire.cli import flags
from unwire.cli.run import Run
from unwire.errors import UnwireError


@click.command("slice")
@flags.cuts()
@click.option("--frames", metavar="1-9,20,560-", help="Only packets of these numbers, counted from 1 in each capture.")
@click.option("--uid", metavar="UID", help="Only packets of this connection, as `unwire conn` names it.")
@click.option("--community-id", "community", metavar="ID", help="Only packets of the connections with this Community ID.")
@click.option(
    "--stream", type=click.IntRange(min=0), metavar="N", help="Only packets of this TCP stream: tcp.stream, as `unwire streams` numbers them."
)
@click.option("--udp-stream", "datagrams", type=click.IntRange(min=0), metavar="N", help="Only packets of this UDP stream: udp.stream.")
@click.option("-c", "limit", type=flags.COUNT, metavar="N", help="Stop after N packets.")
def slice(run: Run, frames: str | None, uid: str | None, community: str | None, stream: int | None, datagrams: int | None, limit: int | None) -> int:
    """Write the packets that match to a capture.

    Bytes, times, interfaces, comments, names and secrets are the original ones. The suffix of OUT chooses the format: .pcap, .snoop, else pcapng;
    with .gz, .bz2 or .xz behind it it is compressed.
    """
    from unwire.capture.pieces import with_pieces
    from unwire.capture.slicing import write

    assert run.capture is not None
    trace = run.trace() if frames is None else run.trace().between(frames=frames)
    if uid is not None and community is not None:
        raise click.UsageError("--uid and --community-id do not go together")
    if uid is not None or community is not None:
        trace = trace.connection(uid=uid, community_id=community)
    streams = [f"{name} == {number}" for name, number in (("tcp.stream", stream), ("udp.stream", datagrams)) if number is not None]
    for one in streams:
        # Numbers of frames are each capture's own, and what comes through a pipe is read once.
        trace = trace.filter(with_pieces(trace, one) if len(trace.names) == 1 and trace.size is not None else one)

    def without() -> None:
        # Packets that other flags left out are no reason to say that there is no such stream.
        everything = replace(run, where=None, bpf=None, after=None, before=None)
        alone = everything == run and len(streams) == 1 and frames is uid is community is None
        again = "-" not in (*run.files, *run.read)
        for one in streams if limit != 0 and (alone or again) else ():
            if alone or next(everything.trace().filter(one).records(), None) is None:
                raise UnwireError(f"no packet has {one}; `unwire conn --streams` lists the streams there are")

    cut = write(trace, run.capture, force=run.force, limit=limit, without=without)
    run.say(f"{cut.packets:,} packets written to {run.capture}")
    return run.account((name, info.loss()["reasons"]) for name, info in cut.infos)
