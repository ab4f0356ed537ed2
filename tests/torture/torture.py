"""Cuts captures and flips their bytes, and reads what is left: to the end or to a counted stop, nothing whole lost, memory flat.

``python tests/torture/torture.py [--cuts 200] [--flips 200] [FOLDER…]`` does it in full on every capture of the kit; the suite does a few
of each with the same code. What must hold is in `check_cut` and `check_flip`.
"""

from __future__ import annotations

import argparse
import bisect
import random
import resource
import struct
import sys
import time
from pathlib import Path

from unwire import CaptureError, _engine

COLUMNS = [
    "frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols", "stop", "stop.layer", "stop.offset",
    "eth.src", "ip.src", "ip.addr", "ipv6.dst", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "tcp.port", "udp.length",
]  # fmt: skip


def every_column() -> list[str]:
    """Return all columns there are: hostile bytes must reach every field."""
    return [column["name"] for column in _engine.Schema.built_in().columns()]


def read(data: bytes, columns: list[str]) -> tuple[list[bytes], dict[str, object]]:
    """Read a capture from bytes: its rows as text, and what was lost. Only `CaptureError` may come out of it."""
    try:
        stream = _engine.Stream([_engine.Source(data)], _engine.Schema.built_in(), columns, "all")
    except CaptureError:
        return [], {"reasons": ["not a capture"]}
    rows: list[bytes] = []
    for batch in stream:
        rows.extend(bytes(batch.text("fields")).splitlines())
    return rows, stream.infos()[0].loss()


def record_ends(data: bytes) -> list[int] | None:
    """Return where the records of a classic pcap end, found without the engine; None for other containers."""
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}.get(data[:4])
    if order is None:
        return None
    ends, at = [], 24
    while at + 16 <= len(data):
        at += 16 + int(struct.unpack_from(f"{order}I", data, at + 8)[0])
        ends.append(at)
    return ends


def check_cut(data: bytes, whole: list[bytes], at: int, ends: list[int] | None) -> None:
    """A cut capture gives the first rows of the whole one, and each record that is whole before the cut."""
    rows, _ = read(data[:at], COLUMNS)
    assert rows == whole[: len(rows)], "a cut changed a record before it"
    if ends is not None:
        assert len(rows) == min(bisect.bisect_right(ends, at), len(whole)), "a whole record before a cut was not delivered"


def check_flip(data: bytes, at: int, bit: int, columns: list[str]) -> None:
    """A capture with a flipped bit is read to its end or to a counted stop."""
    flipped = bytearray(data)
    flipped[at] ^= 1 << bit
    read(bytes(flipped), columns)


def torture(path: Path, cuts: int, flips: int, seed: int) -> tuple[int, int]:
    """Torture one capture; return how many cuts and flips were done."""
    data = path.read_bytes()
    chance = random.Random(f"{seed} {path.name}")
    whole, _ = read(data, COLUMNS)
    columns = every_column()
    ends = record_ends(data)
    for _ in range(cuts):
        check_cut(data, whole, chance.randrange(len(data)), ends)
    for number in range(flips):
        check_flip(data, chance.randrange(len(data)), chance.randrange(8), columns if number % 8 == 0 else COLUMNS)
    return cuts, flips


def main() -> None:
    """Do it all and say how much that was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(__file__).resolve().parents[3] / "shared" / "conformance" / "captures"])
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began, done, slowest = time.monotonic(), [0, 0], (0.0, "")
    files = sorted(path for folder in options.folders for path in folder.iterdir() if path.is_file() and path.stat().st_size)
    for number, path in enumerate(files):
        start = time.monotonic()
        cuts, flips = torture(path, options.cuts, options.flips, options.seed)
        done[0] += cuts
        done[1] += flips
        slowest = max(slowest, (time.monotonic() - start, path.name))
        if number % 100 == 0:
            print(f"{number}/{len(files)} {time.monotonic() - began:.0f} s", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(files)} captures, {done[0]} cuts, {done[1]} flips, {time.monotonic() - began:.0f} s, peak memory {peak:.0f} MiB")
    print(f"slowest: {slowest[1]} {slowest[0]:.1f} s")


if __name__ == "__main__":
    main()
