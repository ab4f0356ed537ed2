"""Compares the bytes of streams with what tshark's follow gives, from the kit's truth `tcp_streams`.

Here live the rules of the comparison and what legitimately differs. As a program, it prints what differs:
``python tests/conformance/follow.py [--glob 'tcpdump__*']``.
"""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import unwire
from unwire.capture.streams import Chunk, Gap, Stream

KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance"

Row = dict[str, Any]
VALUES = "\x1f"


def as_followed(stream: Stream, sender: str) -> bytes:
    """Return one side as tshark's follow gives it: a mark where acknowledged bytes are missing, nothing behind what nobody acknowledged."""
    made, gap = [], None
    for told in stream.chunks:
        if told.sender != sender:
            continue
        if isinstance(told, Gap):
            gap = told
            continue
        assert isinstance(told, Chunk)
        if gap is not None and not gap.acknowledged:
            break
        if gap is not None:
            made.append(b"[%d bytes missing in capture file]\0" % gap.size)
            gap = None
        made.append(told.bytes)
    return b"".join(made)


def _followed(row: Row, streams: list[Stream]) -> dict[str, bytes]:
    sides = {"ab": b"", "ba": b""}
    for stream in streams:
        for sender, side in (("client", stream.client), ("server", stream.server)):
            sides["ab" if str(side.end) == row["a"] else "ba"] += as_followed(stream, sender)
    return sides


@dataclass
class Facts:
    """What of a stream explains a difference."""

    #: What a RST carries, in bytes; frames that were cut; frames with several TCP headers.
    reset_bytes: int = 0
    cut: int = 0
    several: int = 0
    #: Whether tshark counts the same frames to it; whether fragments are in its capture.
    same: bool = True
    fragments: bool = False


def facts_of(path: str, rows: list[Row]) -> dict[int, Facts]:
    """Return the facts of a capture's streams."""
    found: dict[int, Facts] = defaultdict(Facts)
    frames: Counter[int] = Counter()
    first: dict[int, int] = {}
    columns = ("frame.number", "tcp.stream", "tcp.flags.reset", "tcp.len", "frame.len", "frame.cap_len")
    for row in unwire.open(path, index=False).packets(*columns, occurrence="all", reassemble=True):
        numbers = row["tcp.stream"] or []
        for number, reset, length in zip(numbers, row["tcp.flags.reset"] or [], row["tcp.len"] or [], strict=False):
            facts = found[number]
            frames[number] += 1
            first.setdefault(number, row["frame.number"])
            facts.reset_bytes += length if reset else 0
            facts.cut += row["frame.cap_len"] < row["frame.len"]
            facts.several += len(numbers) > 1
    names = ["tcp.stream", "ip.frag_offset", "frame.protocols"]
    packets = pq.read_table(KIT / "truth" / "packets.parquet", columns=names, filters=[("capture", "==", Path(path).name)]).to_pylist()
    fragments = any((packet["ip.frag_offset"] or "0").strip(f"0{VALUES}") for packet in packets)
    for packet in packets:
        inside = (packet["tcp.stream"] or "").split(VALUES)
        layers = (packet["frame.protocols"] or "").split(":")
        for number in inside if len(inside) > 1 or (inside[0] and layers.count("eth") + layers.count("ip") > 2) else ():
            found[int(number)].several += 1
    for one in rows:
        facts = found[one["tcp.stream"]]
        facts.same = (frames[one["tcp.stream"]], first.get(one["tcp.stream"])) == (one["frames"], one["first_frame"])
        facts.fragments = fragments
    return found


def _unused(streams: list[Stream]) -> bool:
    return any(side.unused for stream in streams for side in (stream.client, stream.server))


def _conflicts(streams: list[Stream]) -> bool:
    return any(side.conflicts for stream in streams for side in (stream.client, stream.server))


def _holes(streams: list[Stream]) -> bool:
    return any(side.missing or side.early for stream in streams for side in (stream.client, stream.server))


#: Reason, and whether it holds of a stream's facts and its streams here.
DIFFERENCES: tuple[tuple[str, Callable[[Facts, list[Stream]], bool]], ...] = (
    ("tshark counts other frames to it: a protocol before TCP is not declared here, or a dissector took the number", lambda f, s: not f.same),
    ("where frames lie in frames tshark follows by the addresses of one of them", lambda f, s: f.several > 0),
    ("what was cut by the snap length is no gap in tshark's follow; here it is one", lambda f, s: f.cut > 0),
    ("tshark gives what a RST carries, which is no part of the stream (RFC 9293 section 3.5.3)", lambda f, s: f.reset_bytes > 0),
    ("tshark gives what comes behind a FIN", lambda f, s: _unused(s)),
    ("tshark takes another of several segments that overlap and are not the same", lambda f, s: _conflicts(s)),
    ("tshark takes other bytes where fragments overlap", lambda f, s: f.fragments),
    ("tshark gives a hole up at the first acknowledgement, and leaves out what fills it later", lambda f, s: _holes(s)),
)


def compare(glob: str = "*") -> tuple[int, Counter[str], list[tuple[str, int, str, str]]]:
    """Return how many streams were compared, what was explained, and what differs."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in pq.read_table(KIT / "truth" / "tcp_streams.parquet").to_pylist():
        if fnmatch.fnmatch(row["capture"], glob) and row["follow_sha256_ab"] is not None:
            rows[row["capture"]].append(row)
    compared, explained, differences = 0, Counter[str](), []
    for capture, wanted in rows.items():
        streams: dict[int, list[Stream]] = defaultdict(list)
        for stream in unwire.open(str(KIT / "captures" / capture), index=False).streams():
            streams[stream.number].append(stream)
        facts = facts_of(str(KIT / "captures" / capture), wanted)
        for row in wanted:
            compared += 1
            mine = _followed(row, streams[row["tcp.stream"]])
            for side, followed in mine.items():
                want = (row[f"follow_len_{side}"], row[f"follow_sha256_{side}"])
                got = (len(followed), hashlib.sha256(followed).hexdigest())
                if want != got:
                    reason = next((reason for reason, holds in DIFFERENCES if holds(facts[row["tcp.stream"]], streams[row["tcp.stream"]])), None)
                    if reason is None:
                        differences.append((capture, row["tcp.stream"], side, f"want {want[0]} got {got[0]}"))
                    else:
                        explained[reason] += 1
    return compared, explained, differences


def main() -> None:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--glob", default="*")
    compared, explained, differences = compare(parser.parse_args().glob)
    print(f"{compared} streams compared; explained: {dict(explained)}")
    for capture, number, side, words in differences:
        print(f"{capture} {number} {side}: {words}")
    print(f"{len(differences)} differences")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
