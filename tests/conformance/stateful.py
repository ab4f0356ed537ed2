"""Compares the columns that need more than one frame with tshark's, kept in stateful.parquet (made by make_stateful.py).

Here live the rules of the comparison and what legitimately differs. As a program, it prints what differs:
``python tests/conformance/stateful.py [--glob 'tcpdump__*'] [--column tcp.seq]``.
"""

from __future__ import annotations

import argparse
import fnmatch
import functools
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from unwire import _engine

KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance"
TRUTH = Path(__file__).with_name("stateful.parquet")
VALUES = ","

Row = dict[str, str | None]


@dataclass
class Report:
    """Cells compared and different by column, what was explained, and the differences: capture, frame, column, tshark's, ours."""

    cells: Counter[str]
    different: Counter[str]
    explained: Counter[str]
    differences: list[tuple[str, int, str, str, str]]


def truth(glob: str = "*") -> dict[str, list[Row]]:
    """Return tshark's rows by capture."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in pq.read_table(TRUTH).to_pylist():
        if fnmatch.fnmatch(row["capture"], glob):
            rows[row["capture"]].append(row)
    return rows


def read(path: Path, schema: _engine.Schema, columns: list[str], workers: int = 1) -> list[list[str]]:
    """Return our rows as text, all occurrences, with datagrams put together."""
    rows = []
    for batch in _engine.Stream([_engine.Source(str(path))], schema, columns, "all", workers, reassemble=True):
        rows += [line.split("\x1e") for line in bytes(batch.text("fields", "\x1e", VALUES)).decode().split("\n")[:-1]]
    return rows


#: Protocols whose dissectors open conversations of their own in tshark, for addresses that they read or for ports that may change: these take
#: numbers, and later datagrams join them.
_OPENERS = frozenset(
    {"socks", "snmp", "sdp", "sip", "rtsp", "tftp", "capwap", "classicstun", "stun", "rx", "isakmp", "portmap", "rpc", "hart_ip", "nintendo"}
)


@functools.cache
def _sorts(capture: str) -> tuple[bool, bool, bool]:
    """Return of a capture whether tshark opens conversations of its own in it; reads TCP or UDP where a protocol in between is not declared here, or
    gives up on a header; and whether a frame quotes a header or has none of its times.
    """
    rows = pq.read_table(KIT / "truth" / "packets.parquet", columns=["frame.protocols", "frame.time_epoch"], filters=[("capture", "==", capture)])
    chains = {row["frame.protocols"] or "" for row in rows.to_pylist()}
    names = {name for chain in chains for name in chain.split(":")}
    return bool(names & _OPENERS), any(row["frame.time_epoch"] is None for row in rows.to_pylist()), any("icmp" in chain for chain in chains)


def explain(capture: str, name: str, want: str, got: str, same_stream: bool) -> str | None:
    """Return why a cell may differ, or None; `same_stream` if both have the frame in the streams of the same numbers."""
    opens, untimed, quotes = _sorts(capture)
    if name == "tcp.analysis.duplicate_ack" and set(want.split(",")) == {got}:
        return "tshark prints it twice, as a label and as a note"
    if name.startswith("tcp.analysis") and capture in DAMAGED:
        return "a header that tshark reads otherwise, for the frame is damaged, changes what follows in its stream"
    if name == "tcp.seq" and quotes and not got:
        return "of a quoted TCP header that is cut tshark shows the sequence number; here headers that are whole are told of"
    if capture == "nDPI__ip_fragmented_garbage.pcap" and not want:
        return "of a TCP header whose length contradicts its bytes tshark shows the first fields only"
    if capture == "tcpdump__dns-zlip-1.pcap" and name.startswith("udp.time") and not want:
        return "tshark shows no times of a datagram at whose payload its dissector gives up"
    if name.startswith("udp.") and capture.startswith(("PcapPlusPlus__ipv6", "zeek__ipv6-mobility", "pcapng-test-generator")):
        return "tshark reads UDP inside Teredo, behind a mobility header, or in a custom block, and what follows has other numbers"
    if name == "tcp.window_size_scalefactor" and {want, got} == {"-1", "-2"}:
        return "whether a side that was not heard of when the other opened scales its windows is a guess, and changes no window"
    if not same_stream and len(want.split(",") if want else []) != len(got.split(",") if got else []):
        return "tshark reads the header where a protocol before it is not declared here, or does not where the frame is damaged or quoted"
    if (name.startswith("udp.") and opens) or (name == "tcp.stream" and opens):
        return "tshark's dissectors open conversations of their own, which take numbers"
    if name.endswith(("time_relative", "time_delta")) and (untimed or quotes):
        return "a frame without a time has 0 in tshark; a quoted header has no times here"
    if capture in DAMAGED:
        return "a header that tshark reads otherwise, for the frame is damaged, changes what follows in its stream"
    return None


#: Captures made by fuzzers, or anonymised so that headers contradict each other.
DAMAGED = frozenset(
    {
        "PcapPlusPlus__clusterfuzz-testcase-minimized-FuzzTarget-5755755617189888",
        "nDPI__ajp.pcap",
        "nDPI__fuzz-2006-09-29-28586.pcap",
        "nDPI__reasm_crash_anon.pcapng",
        "tcpdump__timestamp_invalid_micro.pcap",
        "zeek__gtp9_unknown_or_too_short_payload.pcap",
    }
)


def compare(schema: _engine.Schema, glob: str = "*") -> Report:
    """Return the cells compared and different by column, and the differences."""
    known = {column["name"] for column in schema.columns()}
    cells: Counter[str] = Counter()
    different: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    differences = []
    for capture, rows in truth(glob).items():
        columns = [name for name in rows[0] if name in known and name not in ("frame.number", "capture")]
        mine = read(KIT / "captures" / capture, schema, ["frame.number", *columns])
        by_number = {int(row[0]): row[1:] for row in mine}
        for row in rows:
            got = by_number.get(int(row["frame.number"] or 0))
            if got is None:
                continue
            ours = dict(zip(columns, got, strict=True))
            same = all((row[name] or "") == ours[name] for name in ("tcp.stream", "udp.stream"))
            for name, cell in ours.items():
                want = row[name] or ""
                if want or cell:
                    cells[name] += 1
                if want != cell and (reason := explain(capture, name, want, cell, same)) is not None:
                    explained[reason] += 1
                elif want != cell:
                    different[name] += 1
                    differences.append((capture, int(row["frame.number"] or 0), name, want, cell))
    return Report(cells, different, explained, differences)


def main() -> None:
    """Print what differs, by column."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--glob", default="*")
    parser.add_argument("--column")
    parser.add_argument("-n", type=int, default=20)
    options = parser.parse_args()
    report = compare(_engine.Schema.built_in(), options.glob)
    for name in sorted(report.cells):
        print(f"  {name:36} {report.cells[name]:8} compared {report.different[name]:6} different")
    for reason, count in report.explained.most_common():
        print(f"  {count:6} explained: {reason}")
    shown = [one for one in report.differences if options.column in (None, one[2])]
    print("captures:", Counter(one[0] for one in shown).most_common(15))
    for one in shown[: options.n]:
        print("{}#{} {} want {!r} got {!r}".format(*one))
    sys.exit(bool(report.differences))


if __name__ == "__main__":
    main()
