"""Cuts captures and flips their bytes, and reads all logs, both kinds of streams, messages as columns and the summary from what is left: to the end
or to a counted loss, without a panic, in bounded memory.

``python tests/torture/said.py [--cuts 8] [--flips 8] [FOLDER…]`` does it for every capture of the kit and prints what it saw; the suite does a part
with the same code.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from pathlib import Path

import unwire
from unwire import _engine
from unwire.tables.logs import LOGS
from unwire.tables.summary import summary

#: Columns that only what is put together has.
SAID = ("tcp.stream", "udp.stream", "http.host", "dns.qry.name", "tls.handshake.type", "quic.version", "tcp.analysis.flags")
#: KiB by which a process may grow while it tortures: what caps allow, and what the allocator keeps.
MOST_GROWTH = 400 << 10


def drain(data: bytes) -> int:
    """Read all that a capture says, and return how many rows there are. A capture that cannot be opened has none."""
    try:
        trace = unwire.open(data)
        asked = trace.conn(tcp=True)._asked
        batches = asked.logs(("conn", *LOGS), list(trace.sources()), 2, None, None, True, None)
        rows = sum(len(batch) for _, batch in batches)
        for transport in ("tcp", "udp"):
            for stream in unwire.open(data).streams(transport=transport):  # type: ignore[arg-type]
                rows += 1 + sum(1 for _ in stream.chunks)
        rows += sum(len(batch) for batch in unwire.open(data).packets("frame.number", *SAID, reassemble=True).batches())
        summary(unwire.open(data))
    except _engine.CaptureError:
        return 0
    return rows


def flipped(data: bytes, rng: random.Random, flips: int) -> bytes:
    """Return a capture with bits of its records turned; its own header is left, for else little would be read."""
    made = bytearray(data)
    for _ in range(flips):
        made[rng.randrange(24, len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def torture(path: Path, *, cuts: int, flips: int, seed: int) -> int:
    """Cut and flip one capture so many times, and return the rows of all that was read."""
    data, rng = path.read_bytes(), random.Random(f"{seed} {path.name}")
    rows = sum(drain(data[: rng.randrange(len(data))]) for _ in range(cuts))
    return rows + sum(drain(flipped(data, rng, rng.choice((1, 8, 64)))) for _ in range(flips))


def peak() -> int:
    """Return the most memory that this process had so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    """Torture whole folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=8)
    parser.add_argument("--flips", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    kit = Path(os.environ.get("UNWIRE_KIT", Path(__file__).resolve().parents[3] / "shared" / "conformance")) / "captures"
    paths = [path for folder in options.folders or [kit] for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size > 24]
    began, start, rows, slowest = time.monotonic(), peak(), 0, (0.0, Path())
    for number, path in enumerate(paths, 1):
        before = time.monotonic()
        rows += torture(path, cuts=options.cuts, flips=options.flips, seed=options.seed)
        slowest = max(slowest, (time.monotonic() - before, path))
        if peak() - start > MOST_GROWTH:
            print(f"{path}: memory grew by {(peak() - start) >> 10} MiB")
            return 1
        if number % 100 == 0:
            print(f"{number} of {len(paths)} captures, {rows:,} rows, {(peak() - start) >> 10} MiB more than at first", flush=True)
    reads, grown, took = len(paths) * (options.cuts + options.flips), (peak() - start) >> 10, time.monotonic() - began
    print(f"{len(paths)} captures, {reads:,} readings, {rows:,} rows, {took:.0f} s, {grown} MiB more than at first")
    print(f"slowest {slowest[1].name}, {slowest[0]:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
