"""Logs under loss, damage and crowds: segments of real programs dropped on purpose, captures cut and flipped, more flows than memory could keep."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import unwire
from conftest import ROOT
from test_conn import ACK, HANDSHAKE, PSH, c, pcap
from unwire.dpkt import UnpackError
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.tcp import TCP, TH_FIN, TH_SYN

sys.path.insert(0, str(Path(__file__).parent / "torture"))

from said import torture

#: What a process of a million flows may take, in KiB: the interpreter, batches on their way, and no flow for long.
MOST_MEMORY = 200 << 10


def without(office: Path, frame: int) -> bytes:
    """Return the example capture without one packet."""
    out = io.BytesIO()
    with unwire.Writer(out, format="pcap") as writer:
        for number, record in enumerate(unwire.open(office).records(), 1):
            if number != frame:
                writer.write(record.data, time_ns=record.time_ns or 0)
    return out.getvalue()


def bodies(office: Path) -> list[tuple[int, int, dict[str, Any]]]:
    """Return segments that carry nothing but a part of a response's body: frame, bytes, the row of files."""
    sizes = {}
    for number, record in enumerate(unwire.open(office).records(), 1):
        try:
            segment = Ethernet(record.data)[TCP]
        except (UnpackError, KeyError):
            continue
        if segment.sport == 80 and not segment.flags & (TH_SYN | TH_FIN) and len(segment.data) > 0 and not bytes(segment.data).startswith(b"HTTP/"):
            sizes[number] = len(segment.data)
    found = []
    for row in unwire.open(office).files():
        carrying = [frame for frame in row["frames"] if frame in sizes]
        found += [(frame, sizes[frame], row) for frame in carrying if row["total_bytes"] and sizes[frame] < row["total_bytes"]]
    return found


def snapped(office: Path, snaplen: int) -> bytes:
    """Return the example capture as a smaller snap length would have cut it."""
    return pcap([((record.time_ns or 0) / 1e9, record.data) for record in unwire.open(office).records()], snaplen)


def test_cut_heads_are_rows_of_what_is_there(office: Path) -> None:
    whole = list(unwire.open(office).http())
    told = ("method", "host", "uri", "status_code", "status_msg")
    # The first 200 octets of a frame hold the first lines of all heads and the hosts of all requests; nothing else becomes a row.
    after = list(unwire.open(snapped(office, 200)).http())
    assert sorted(str([row[name] for name in told]) for row in after) == sorted(str([row[name] for name in told]) for row in whole)
    # Of 96, those behind a header of IPv4 hold a first line, and none a host.
    after = list(unwire.open(snapped(office, 96)).http())
    known = {(row["method"], row["uri"], row["status_code"]) for row in whole}
    assert len(after) == 8 and {row["host"] for row in after} == {None}
    assert {(row["method"], row["uri"], row["status_code"]) for row in after if row["method"]} < known
    assert all(row["ts"] for row in after)


def test_a_connection_that_ends_within_a_head() -> None:
    def asked(*said: bytes) -> list[tuple[object, ...]]:
        at, segments = 1, list(HANDSHAKE)
        for data in said:
            segments.append(c(ACK | PSH, at, 1, data))
            at += len(data)
        return [(row["method"], row["uri"], row["host"]) for row in unwire.open(pcap([(at, one) for at, one in enumerate(segments, 1)])).http()]

    assert asked(b"GET /a HTTP/1.1\r\nHost: a.example\r\nUser-Ag") == [("GET", "/a", "a.example")]
    assert asked(b"GET /a HTTP/1.1\r\n", b"Host: a.exa") == [("GET", "/a", None)]
    assert asked(b"GET /a HTT") == []


def test_a_dropped_segment_is_missing_and_nothing_else(office: Path) -> None:
    cases = bodies(office)
    assert cases
    before = {(row["uri"], row["status_code"]): row for row in unwire.open(office).http() if row["method"] == "GET"}
    for frame, size, file in cases[:8]:
        capture = without(office, frame)
        after = {(row["uri"], row["status_code"]): row for row in unwire.open(capture).http() if row["method"] == "GET"}
        assert set(after) == set(before)
        for uri, row in after.items():
            assert (row["status_code"], row["response_body_len"], row["host"]) == tuple(
                before[uri][name] for name in ("status_code", "response_body_len", "host")
            )
        (torn,) = (row for row in unwire.open(capture).files() if row["missing_bytes"])
        assert (torn["missing_bytes"], torn["seen_bytes"], torn["sha256"]) == (size, file["seen_bytes"] - size, None)
        (connection,) = (row for row in unwire.open(capture).conn() if row["uid"] == file["uid"])
        assert connection["missed_bytes"] == size
        assert [row["name"] for row in unwire.open(capture).weird() if row["uid"] == file["uid"]] == ["content_gap"]


def test_each_packet_dropped_leaves_all_other_connections_alone(office: Path) -> None:
    whole = {row["uid"]: row for row in unwire.open(office).conn()}
    rng = random.Random(5)
    for frame in rng.sample(range(60, 300), 12):
        after = {row["uid"]: row for row in unwire.open(without(office, frame)).conn()}
        changed = [
            uid
            for uid in whole.keys() & after.keys()
            if {**whole[uid], "first_frame": 0, "last_frame": 0} != {**after[uid], "first_frame": 0, "last_frame": 0}
        ]
        # A packet belongs to one connection, or to two where one is a tunnel.
        assert len(changed) + len(whole.keys() - after.keys()) <= 2


def test_captures_cut_and_flipped_go_through_logs_and_streams(captures: Path, office: Path) -> None:
    for path in (office, captures / "streams.pcap", captures / "fragments.pcap", captures / "mptcp.pcap"):
        assert torture(path, cuts=2, flips=3, seed=3)


def test_public_captures_cut_and_flipped_go_through_logs_and_streams(kit: Path) -> None:
    paths = [path for path in sorted((kit / "captures").iterdir())[::13] if 24 < path.stat().st_size < 100_000]
    assert sum(torture(path, cuts=1, flips=2, seed=4) for path in paths) > 500


#: Makes connections, one a millisecond: an opening, now and then an answer and a request, and no end.
CROWD = ROOT / "benches" / "flows.py"
#: A small program that starts another and prints the peak of its memory: by the kernel's count that of a child begins with its parent's.
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def crowd(flows: int, folder: Path) -> int:
    """Write all logs of so many flows, read from a pipe, and return the peak of memory in KiB."""
    made = subprocess.Popen([sys.executable, str(CROWD), str(flows), "--make"], stdout=subprocess.PIPE)
    command = [sys.executable, "-m", "unwire", "logs", "-", "--dir", str(folder), "-q"]
    reading = subprocess.run([sys.executable, "-c", MEASURED, *command], stdin=made.stdout, stdout=subprocess.PIPE, check=True)
    assert made.stdout is not None
    made.stdout.close()
    assert made.wait() == 0
    return int(reading.stdout)


def test_memory_is_flat_for_a_million_flows(tmp_path: Path) -> None:
    # UNWIRE_FLOWS=5000000 asks for more; `python benches/flows.py 5000000` prints the numbers.
    flows = int(os.environ.get("UNWIRE_FLOWS", "1000000"))
    peak = crowd(flows, tmp_path)
    with (tmp_path / "conn.log").open(encoding="utf-8") as log:
        assert sum(not line.startswith("#") for line in log) == flows
    with (tmp_path / "http.log").open(encoding="utf-8") as log:
        assert sum(not line.startswith("#") for line in log) == -(-flows // 16)
    assert peak < MOST_MEMORY, f"{peak >> 10} MiB for {flows} flows"
