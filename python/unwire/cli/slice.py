"""`unwire slice`: a capture cut out of captures. What is written, and how, is capture/slicing.py's."""

from __future__ import annotations

import click

from unwire.cli import flags
from unwire.cli.run import Run


@click.command("slice")
@flags.cuts()
@click.option("--frames", metavar="1-9,20", help="Only packets of these numbers, counted from 1 in each capture.")
@click.option("-c", "limit", type=flags.COUNT, metavar="N", help="Stop after N packets.")
def slice(run: Run, frames: str | None, limit: int | None) -> int:
    """Write the packets that match to a capture.

    Bytes, times, interfaces, comments, names and secrets are the original ones. The suffix of OUT chooses the format: .pcap, .snoop, else pcapng.
    """
    from unwire.capture.slicing import write

    assert run.capture is not None
    trace = run.trace() if frames is None else run.trace().between(frames=frames)
    cut = write(trace, run.capture, force=run.force, limit=limit)
    run.say(f"{cut.packets:,} packets written to {run.capture}")
    return run.account((name, info.loss()["reasons"]) for name, info in cut.infos)
