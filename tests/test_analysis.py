"""Wireshark's sequence analysis, rule by rule, on streams written as words; and on random streams, as tshark itself says it.

A segment is `c 1 100 1` or `s 1 0 101 FA`: its sender, sequence number, length, acknowledgement number and flags, if they are not a plain
acknowledgement's. What is expected is what tshark 4.0 printed.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import unwire
from unwire.dpkt.ip import IP
from unwire.dpkt.tcp import TCP

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16}
OPENING = "c 0 0 0 S, s 0 0 1 SA, c 1 0 1"
NAMES = (
    "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "reused_ports", "lost_segment", "ack_lost_segment",
    "window_update", "window_full", "keep_alive", "keep_alive_ack", "zero_window_probe", "zero_window", "zero_window_probe_ack",
    "duplicate_ack_num", "duplicate_ack_frame", "acks_frame", "ack_rtt", "initial_rtt", "rto", "rto_frame", "bytes_in_flight", "push_bytes_sent",
    "flags",
)  # fmt: skip
COLUMNS = ["tcp.seq", "tcp.ack", "tcp.window_size", "tcp.time_delta", "tcp.analysis", *(f"tcp.analysis.{name}" for name in NAMES)]

Segment = tuple[int, str, int, int, int, str, int, bytes]


def packed(segments: list[Segment], first: int, port: int) -> Iterator[tuple[int, bytes]]:
    """Yield times in nanoseconds and packets of segments: their time, sender, numbers, window and SACK blocks."""
    for time, sender, sequence, length, acknowledged, flags, window, options in segments:
        hosts, ports = ((b"\x0a\0\0\1", b"\x0a\0\0\2"), (port, 9999)) if sender == "c" else ((b"\x0a\0\0\2", b"\x0a\0\0\1"), (9999, port))
        number = first + acknowledged & 0xFFFFFFFF if "A" in flags else 0
        bits = sum(FLAGS[flag] for flag in flags)
        segment = TCP(sport=ports[0], dport=ports[1], seq=first + sequence & 0xFFFFFFFF, ack=number, flags=bits, win=window, data=b"x" * length)
        segment.opts = options
        segment.off = 5 + len(options) // 4
        yield time, bytes(IP(src=hosts[0], dst=hosts[1], p=6, data=segment))


def told(words: str, first: int = 1000, apart: int = 100_000) -> list[dict[str, object]]:
    """Return what the analysis has to say of each segment."""
    segments: list[Segment] = []
    for at, one in enumerate(words.split(",")):
        sender, sequence, length, acknowledged, *flags = one.split()
        segments.append((at * apart * 1000, sender, int(sequence), int(length), int(acknowledged), flags[0] if flags else "A", 1000, b""))
    rows = unwire.open(capture(packed(segments, first, 4000))).packets(*COLUMNS)
    return [{name.rpartition(".")[2]: row[name] for name in COLUMNS[4:] if row[name] is not None} for row in rows]


def capture(packets: Iterator[tuple[int, bytes]]) -> bytes:
    """Return a capture of IP packets that begins at a second, which is not the epoch."""
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 101)]
    out += [struct.pack("<IIII", 1 + time // 10**9, time % 10**9, len(data), len(data)) + data for time, data in packets]
    return b"".join(out)


def saying(words: str, name: str, **options: int) -> list[int]:
    """Return which segments behind the opening have something, from 1."""
    return [at for at, row in enumerate(told(f"{OPENING}, {words}", **options)[3:], 1) if name in row]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("s 1 100 1, c 1 0 1000, c 1 0 2000, s 101 100 1, c 1 0 3000", [2], id="behind all that was captured it is told once"),
        pytest.param("s 1 100 1, c 1 0 1000, s 500 100 1, c 1 0 600, c 1 0 700", [2, 4], id="a loss that is captured can be told again"),
        pytest.param("s 1 100 1, s 201 100 1, c 1 0 250, c 1 0 301, c 1 0 400, c 1 0 500", [3, 5], id="up to what was captured, and behind it"),
        pytest.param("c 1 50 1, s 1 100 21, c 51 0 501, c 51 0 511, s 101 0 31, c 51 0 601", [3, 6], id="again when the other side acknowledges"),
        pytest.param("s 1 100 1, s 101 0 1, c 1 0 500, c 1 0 501", [], id="not where the other side repeats itself"),
    ],
)
def test_what_was_acknowledged_and_not_captured(words: str, expected: list[int]) -> None:
    assert saying(words, "ack_lost_segment") == expected


def test_what_is_not_told_is_analysed_all_the_same() -> None:
    rows = told(f"{OPENING}, s 1 100 1, c 1 0 1000, c 1 0 2000")
    assert "analysis" in rows[5] and "flags" not in rows[5]


def test_a_lost_segment_that_is_acknowledged_counts_as_asked_for_again() -> None:
    assert saying("s 1 100 1, c 1 50 1, c 51 50 500, c 1 50 500", "fast_retransmission", apart=5_000) == [4]
    assert saying("s 1 100 1, c 1 50 1, c 51 50 101, c 1 50 101", "fast_retransmission", apart=5_000) == []


def test_time_that_runs_back_is_not_soon() -> None:
    rows = told("s 1 100 1, s 101 100 1, s 51 20 1", apart=-1_000)
    assert ("retransmission" in rows[2], "out_of_order" in rows[2]) == (True, False)


def test_a_timeout_of_no_time_is_none() -> None:
    rows = told("s 1 100 1, s 1 100 1", apart=0)
    assert "retransmission" in rows[1] and not {"rto", "rto_frame"} & rows[1].keys()


def test_a_syn_without_acknowledgement_acknowledges_0() -> None:
    rows = told("s 0 0 1 SA, c 0 0 0 S, c 1 0 1", first=3_000_000_000)
    assert ["acks_frame" in row for row in rows] == [False, False, False] and "analysis" in rows[1]
    assert told("s 0 0 1 SA, c 0 0 0 S, c 1 0 1")[2]["acks_frame"] == 1


def test_so_many_bytes_are_not_in_flight() -> None:
    rows = told(f"{OPENING}, s 1 100 1, s 2100000001 100 1 PA, c 1 0 2100000101, s 2100000101 10 1")
    assert [row.get("bytes_in_flight") for row in rows[3:]] == [100, None, None, 10]


def test_three_blocks_of_a_selective_acknowledgement_count() -> None:
    segments: list[Segment] = [(at * 1000, "s", 1 + 100 * at, 100, 1, "A", 1000, b"") for at in range(20)]
    blocks = [(601, 701), (801, 1001), (1201, 1301), (1401, 1901)]
    options = b"\1\1\5\x22" + b"".join(struct.pack("!II", 1000 + left, 1000 + right) for left, right in blocks)
    segments += [(30_000, "c", 1, 0, 501, "A", 1000, options), (31_000, "s", 2001, 100, 1, "A", 1000, b"")]
    (*_, last) = unwire.open(capture(packed(segments, 1000, 4000))).packets("tcp.analysis.bytes_in_flight")
    assert last["tcp.analysis.bytes_in_flight"] == 2101 - 501 - 100 - 200 - 100


def shaken(rng: random.Random) -> list[Segment]:
    """Return a stream of which much is lost, repeated, early, or acknowledged before it came."""
    segments: list[Segment] = []
    if rng.random() < 0.8:
        segments = [(0, "c", 0, 0, 0, "S", 1000, b""), (10_000, "s", 0, 0, 1, "SA", 1000, b""), (20_000, "c", 1, 0, 1, "A", 1000, b"")]
    time, reached, acknowledged, window = 20_000, {"c": 1, "s": 1}, {"c": 1, "s": 1}, {"c": 1000, "s": 1000}
    for _ in range(rng.randint(5, 30)):
        time += rng.choice([1, 10, 1000, 3000, 19_000, 30_000, 200_000]) * 1000
        sender = rng.choice("cs")
        other = reached["s" if sender == "c" else "c"]
        sequence = max(0, reached[sender] + rng.choice([0] * 15 + [1, 10, -1, -10, -100]))
        length = rng.choice([0, 0, 0, 1, 10, 100, 100])
        how = rng.random()
        if how < 0.7:
            acknowledged[sender] = max(1, other + rng.choice([0] * 5 + [-1, -10, 1, 10, 100]))
        if rng.random() < 0.1:
            window[sender] = rng.choice([0, 100, 2000])
        flags = rng.choices(["A", "PA", "FA", "RA", "R", "S", "SA"], [70, 20, 4, 2, 1, 1, 1])[0]
        segments.append((time, sender, sequence, length, acknowledged[sender], flags, window[sender], b""))
        reached[sender] = max(reached[sender], sequence + length + ("F" in flags))
    return segments


def test_random_streams_are_analysed_as_tshark_does(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    version = subprocess.run([tshark, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout if tshark else ""
    if tshark is None or " 4.0." not in version:
        pytest.skip("tshark 4.0, whose rules these are, is not installed")
    rng = random.Random(6)
    packets = [
        (seed * 10**10 + time, data)
        for seed in range(150)
        for time, data in packed(shaken(rng), rng.choice([1000, 3_000_000_000, 4_294_967_000]), 10_000 + seed)
    ]
    path = tmp_path / "shaken.pcap"
    path.write_bytes(capture(iter(packets)))
    command = [tshark, "-n", "-r", str(path), "-Tfields", "-Eseparator=|", *(f"-e{name}" for name in COLUMNS)]
    theirs = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    ours = b"".join(bytes(batch.text("fields", "|", ",")) for batch in unwire.open(path).packets(*COLUMNS).batches()).decode().splitlines()
    assert len(ours) == len(theirs) == len(packets)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []
