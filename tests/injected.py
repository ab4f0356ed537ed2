"""Injects into captures what networks do to packets: segments cut again, doubled, late, lost. What becomes of logs then is tested elsewhere."""

from __future__ import annotations

import copy
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import unwire
from unwire.dpkt import UnpackError
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.tcp import TCP, TH_SYN
from unwire.dpkt.udp import UDP

#: Packets that one may come too late by.
WINDOW = 8


def recut(data: bytes, rng: random.Random, shortest: int = 1, longest: int = 700) -> Iterator[bytes]:
    """Yield a frame, or the frames that carry its segment in pieces; the last may be shorter."""
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
        size = rng.randint(shortest, longest)
        piece = copy.deepcopy(frame)
        inner = piece[TCP]
        inner.data = payload[at : at + size]
        inner.seq = segment.seq + at & 0xFFFFFFFF
        if at + size < len(payload):
            inner.flags &= ~1
        yield bytes(piece.recompute())
        at += size


def written(frames: list[tuple[int, bytes]]) -> bytes:
    """Return a capture of these frames with their times."""
    out = io.BytesIO()
    with unwire.Writer(out, format="pcap") as writer:
        for time, data in frames:
            writer.write(data, time_ns=time)
    return out.getvalue()


def segments(source: Path, seed: int, shortest: int = 1, longest: int = 700) -> bytes:
    """Return a capture with its TCP segments cut again, one in ten doubled, and shuffled among their next neighbours."""
    rng = random.Random(seed)
    frames: list[tuple[float, int, bytes]] = []
    for record in unwire.open(source).records():
        pieces = list(recut(record.data, rng, shortest, longest))
        moves = len(pieces) > 1
        for piece in pieces:
            for _ in range(1 + (moves and rng.random() < 0.1)):
                frames.append((len(frames) + (rng.uniform(0, WINDOW) if moves else 0), record.time_ns or 0, piece))
    times = sorted(time for _, time, _ in frames)
    frames.sort(key=lambda one: one[0])
    return written([(time, data) for time, (_, _, data) in zip(times, frames, strict=True)])


def datagrams(source: Path, seed: int, window: int = 3) -> bytes:
    """Return a capture with one datagram in five doubled, and all shuffled among their next neighbours; who spoke first still does."""
    rng = random.Random(seed)
    begun: set[frozenset[tuple[bytes, int]]] = set()
    frames: list[tuple[float, int, bytes]] = []
    for record in unwire.open(source).records():
        frame = Ethernet(record.data)
        talk = frozenset([(frame.data.src, frame[UDP].sport), (frame.data.dst, frame[UDP].dport)])
        first, _ = talk not in begun, begun.add(talk)
        for again in range(1 + (rng.random() < 0.2)):
            late = 0 if first and not again else rng.uniform(0, window)
            frames.append((len(frames) + late, record.time_ns or 0, record.data))
    times = sorted(time for _, time, _ in frames)
    frames.sort(key=lambda one: one[0])
    return written([(time, data) for time, (_, _, data) in zip(times, frames, strict=True)])


def without(source: Path, lost: Callable[[int, bytes], bool]) -> bytes:
    """Return a capture without the packets that are lost, by their numbers and bytes."""
    records = enumerate(unwire.open(source).records(), 1)
    return written([(record.time_ns or 0, record.data) for number, record in records if not lost(number, record.data)])
