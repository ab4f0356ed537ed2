"""What connections say does not depend on how it was cut into packets, nor on their order: the example capture with its TCP segments cut again,
doubled and shuffled within a window has the same logs, but for what tells of packets and times.
"""

from __future__ import annotations

import copy
import io
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import unwire
from unwire.dpkt import UnpackError
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.tcp import TCP, TH_SYN

#: Columns that tell of times, of packets, of names made of both, and of the order of the two directions.
LEFT_OUT = {"ts", "rtt", "duration", "frames", "uid", "fuid", "orig_fuids", "resp_fuids", "ssl_history"}


def recut(data: bytes, rng: random.Random) -> Iterator[bytes]:
    """Yield a frame, or the frames that carry its segment in pieces."""
    try:
        frame = Ethernet(data)
        segment = frame[TCP]
    except (UnpackError, KeyError):
        yield data
        return
    payload = bytes(segment.data) if isinstance(segment.data, bytes) else b""
    carrier = frame.data
    if len(payload) < 2 or segment.flags & TH_SYN or carrier.data is not segment or bytes(frame) != data:
        yield data
        return
    at = 0
    while at < len(payload):
        size = rng.randint(1, 700)
        piece = copy.deepcopy(frame)
        inner = piece[TCP]
        inner.data = payload[at : at + size]
        inner.seq = segment.seq + at & 0xFFFFFFFF
        if at + size < len(payload):
            inner.flags &= ~1
        yield bytes(piece.recompute())
        at += size


def disturbed(office: Path, seed: int) -> bytes:
    """Return the example capture with its segments cut again, one in ten doubled, and shuffled among their next neighbours."""
    rng = random.Random(seed)
    frames: list[tuple[float, int, bytes]] = []
    for record in unwire.open(office).records():
        pieces = list(recut(record.data, rng))
        moves = len(pieces) > 1
        for piece in pieces:
            for _ in range(1 + (moves and rng.random() < 0.1)):
                frames.append((len(frames) + (rng.uniform(0, 8) if moves else 0), record.time_ns or 0, piece))
    times = [time for _, time, _ in frames]
    frames.sort(key=lambda one: one[0])
    out = io.BytesIO()
    with unwire.Writer(out, format="pcap") as writer:
        for time, (_, _, data) in zip(sorted(times), frames, strict=True):
            writer.write(data, time_ns=time)
    return out.getvalue()


#: Columns of conn that payload alone decides; packet counts, ip_bytes, history, missed_bytes (of what is
#: acknowledged before it is seen), times and provenance are left out.
OF_CONN = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "orig_bytes", "resp_bytes", "conn_state")


def rows(source: Any, log: str) -> Counter[str]:
    if log == "conn":
        return Counter(repr([row[name] for name in OF_CONN]) for row in unwire.open(source).conn() if row["proto"] == "tcp")
    return Counter(repr({name: value for name, value in row.items() if name not in LEFT_OUT}) for row in getattr(unwire.open(source), log)())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_logs_do_not_depend_on_packets(office: Path, seed: int) -> None:
    capture = disturbed(office, seed)
    assert len(list(unwire.open(capture).records())) > len(list(unwire.open(office).records()))
    for log in ("dns", "http", "ssl", "x509", "files", "conn"):
        before, after = rows(office, log), rows(capture, log)
        assert before == after, (log, before - after, after - before)
