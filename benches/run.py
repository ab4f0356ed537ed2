#!/usr/bin/env python3
"""Runs unwire and its peers on one capture in turn and prints one table and the budgets.

    python benches/run.py [CAPTURE] [--runs 7] [--only WORD …] [--json FILE]

Every run is its own process on one core (rows named "all cores" get all). Peers that need more than 5 µs
a packet get the capture's first twentieth, pyshark a smaller slice; the table shows how many packets
each saw, and compares per packet. This file starts, measures and compares; the work is in peers/. It
imports nothing large, because a child's peak memory begins with its parent's.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PEERS, DATA = HERE / "peers", HERE / "data"
CORES = os.sched_getaffinity(0)
MIB = 1 << 20

#: (peer, work, command, slice): slice 1 is all of the capture, 20 its first twentieth, and so on.
ROWS = [
    ("libpcap", "read", ["libpcap_loop"], 1),
    ("unwire", "read", ["unwire_read.py"], 1),
    ("dpkt", "read", ["dpkt_read.py"], 20),
    ("unwire", "columns", ["unwire_columns.py", "1"], 1),
    ("unwire, all cores", "columns", ["unwire_columns.py", str(len(CORES))], 1),
    ("dpkt", "columns", ["dpkt_columns.py"], 20),
    ("tshark", "columns", ["tshark.py", "columns"], 20),
    ("scapy", "columns", ["scapy_read.py"], 20),
    ("pyshark", "columns", ["pyshark_read.py"], 1000),
    ("unwire", "option columns", ["unwire_option_columns.py"], 1),
    ("unwire", "options", ["options.py", "unwire"], 20),
    ("dpkt", "options", ["options.py", "dpkt"], 20),
    ("unwire", "count", ["unwire_count.py"], 1),
    ("tshark", "count", ["tshark.py", "count"], 20),
    *(("unwire", f"trace {work}", ["unwire_trace.py", work], 1) for work in ("match", "rare", "iteration", "in-order", "random", "opening", "screen")),
    ("unwire", "write", ["unwire_write.py"], 1000),
    ("dpkt", "write", ["dpkt_write.py"], 1000),
    ("unwire", "write objects", ["unwire_write.py", "objects"], 1000),
    ("dpkt", "write objects", ["dpkt_write.py", "objects"], 1000),
    ("unwire", "summary", ["unwire_summary.py"], 1),
    ("unwire, all cores", "summary", ["unwire_summary.py"], 1),
    ("unwire", "conn", ["unwire_conn.py"], 1),
    ("unwire, all cores", "conn", ["unwire_conn.py"], 1),
    ("tshark", "conn", ["tshark.py", "conn"], 20),
    ("dpkt", "conn", ["dpkt_conn.py"], 20),
    ("zeek", "conn", ["zeek.py", "conn"], 1),
    ("unwire", "logs", ["unwire_logs.py"], 1),
    ("unwire, all cores", "logs", ["unwire_logs.py"], 1),
    ("tshark", "logs", ["tshark.py", "logs"], 20),
    ("dpkt", "logs", ["dpkt_logs.py"], 20),
    ("zeek", "logs", ["zeek.py", "logs"], 1),
    ("unwire", "streams", ["unwire_streams.py"], 1),
    ("unwire", "recipe", ["unwire_recipe.py"], 1),
    ("dpkt", "recipe", ["dpkt_recipe.py"], 20),
]

#: (what, value of the results, relation, must, goal): the budgets of the design that apply here.
BUDGETS = [
    ("columns: time by libpcap's loop", lambda r: r.ratio("unwire columns", "libpcap read"), "≤", 1.1, 0.9),
    ("columns: times dpkt", lambda r: r.ratio("dpkt columns", "unwire columns"), "≥", 70, None),
    ("columns, all cores: by libpcap's loop", lambda r: r.ratio("unwire, all cores columns", "libpcap read"), "≤", None, 0.6),
    ("options as columns: by the 15 columns alone", lambda r: r.ratio("unwire option columns", "unwire columns"), "≤", 1.5, None),
    ("options as objects: by dpkt's parse_opts", lambda r: r.ratio("unwire options", "dpkt options"), "≤", 3, None),
    ("count: time by libpcap's loop", lambda r: r.ratio("unwire count", "libpcap read"), "≤", 0.9, 0.6),
    ("count: times tshark", lambda r: r.ratio("tshark count", "unwire count"), "≥", 100, None),
    ("match, a rare hit: by the same filter in columns", lambda r: r.ratio("unwire trace match", "unwire trace rare"), "≤", 1.5, None),
    ("100,000 random x[i]: by as many in order", lambda r: r.ratio("unwire trace random", "unwire trace in-order"), "≤", 3, None),
    ("100,000 random x[i]: by as many by iteration", lambda r: r.ratio("unwire trace random", "unwire trace iteration"), "≤", None, 3),
    ("second opening to packet 95 %: ms", lambda r: r.ms("unwire trace opening"), "≤", 10, None),
    ("first screen: ms", lambda r: r.ms("unwire trace screen"), "≤", 300, None),
    ("recipe: times dpkt", lambda r: r.ratio("dpkt recipe", "unwire recipe"), "≥", 7, 8.7),
    ("reading only: times dpkt", lambda r: r.ratio("dpkt read", "unwire read"), "≥", 10, 12.5),
    ("writing only: times dpkt", lambda r: r.ratio("dpkt write", "unwire write"), "≥", 10, None),
    ("writing objects: times dpkt", lambda r: r.ratio("dpkt write objects", "unwire write objects"), "≥", 10, None),
    ("columns: peak MB", lambda r: r.peak("unwire columns"), "≤", 200, 60),
    ("summary: peak MB", lambda r: r.peak("unwire summary"), "≤", 200, 60),
    ("summary, all cores: peak MB", lambda r: r.peak("unwire, all cores summary"), "≤", 200, 60),
    ("conn: million packets a second", lambda r: 1 / r.per_packet("unwire conn") if r.per_packet("unwire conn") else None, "≥", 3, 5),
    ("conn: times dpkt's recipe", lambda r: r.ratio("dpkt conn", "unwire conn"), "≥", None, None),
    ("conn: times zeek", lambda r: r.ratio("zeek conn", "unwire conn"), "≥", None, None),
    ("conn: times tshark", lambda r: r.ratio("tshark conn", "unwire conn"), "≥", None, None),
    ("conn: peak MB", lambda r: r.peak("unwire conn"), "≤", 200, 60),
    ("logs: times dpkt's recipes", lambda r: r.ratio("dpkt logs", "unwire logs"), "≥", None, None),
    ("logs: times zeek", lambda r: r.ratio("zeek logs", "unwire logs"), "≥", None, None),
    ("logs: times tshark", lambda r: r.ratio("tshark logs", "unwire logs"), "≥", None, None),
    ("logs: peak MB", lambda r: r.peak("unwire logs"), "≤", 200, 60),
    ("streams: peak MB", lambda r: r.peak("unwire streams"), "≤", 200, 60),
    ("count: peak MB", lambda r: r.peak("unwire count"), "≤", 200, 60),
    ("reading only: peak MB", lambda r: r.peak("unwire read"), "≤", 200, 60),
]


class Results:
    """The runs of each row; medians and ratios of them."""

    def __init__(self, total):
        self.total = total
        self.runs, self.missing = {}, {}

    def add(self, key, run):
        self.runs.setdefault(key, []).append(run)

    def median(self, key, what):
        return statistics.median(run[what] for run in self.runs[key])

    def per_packet(self, key):
        """Median µs a packet, or None for a row that did not run."""
        return self.median(key, "seconds") / self.runs[key][0]["packets"] * 1e6 if key in self.runs else None

    def disagreements(self):
        """Rows of one work that saw the same packets and still answer otherwise, where they must not."""
        for work in ("read", "write", "recipe"):
            seen = {}
            for key, (run, *_) in self.runs.items():
                if key.endswith(" " + work) and seen.setdefault(run["packets"], run)["answer"] != run["answer"]:
                    yield f"{key}: answers {run['answer']}, {seen[run['packets']]['peer']} {seen[run['packets']]['answer']}"

    def ratio(self, one, other):
        above, below = self.per_packet(one), self.per_packet(other)
        return above / below if above and below else None

    def ms(self, key):
        return self.median(key, "seconds") * 1e3 if key in self.runs else None

    def peak(self, key):
        return self.median(key, "peak") / 1e6 if key in self.runs else None


def compile_loop(folder):
    """Compile libpcap's loop into the folder."""
    program = folder / "libpcap_loop"
    subprocess.run(["cc", "-O2", "-o", program, PEERS / "libpcap_loop.c", "-lpcap"], check=True)
    return program


def first(capture, count, folder):
    """A copy of the capture's first packets: of a pcap by its own records, else by editcap."""
    copy = folder / f"{capture.stem}.first-{count}{capture.suffix}"
    with open(capture, "rb") as source, open(copy, "wb") as target:
        head = source.read(24)
        order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}.get(head[:4])
        if order:
            target.write(head)
            for _ in range(count):
                record = source.read(16)
                size = struct.unpack_from(order + "I", record, 8)[0]
                target.write(record + source.read(size))
            return copy
    subprocess.run(["editcap", "-r", capture, copy, f"1-{count}"], check=True, stderr=subprocess.DEVNULL)
    return copy


def measure(command, all_cores):
    """One run: what the peer printed, with the process's whole seconds and its peak bytes; or an error."""
    os.sched_setaffinity(0, CORES if all_cores else {max(CORES)})
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        whole = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            words = err.read().decode(errors="replace").strip().splitlines()
            return None, words[-1] if words else f"exit code {process.returncode}"
        # ru_maxrss is in KiB on Linux.
        return json.loads(out.read()) | {"whole": whole, "peak": usage.ru_maxrss * 1024}, None


def run_all(capture, runs, only, folder):
    """All rows, round robin, so that a drift of the machine reaches every one of them."""
    program = compile_loop(folder)
    counted, error = measure([program, capture], False)
    if error:
        sys.exit(f"run.py: {capture}: {error}")
    total = counted["packets"]
    if not total:
        sys.exit(f"run.py: {capture}: no packets")
    results = Results(total)
    sizes, slices = {}, {}
    for _, _, _, part in ROWS:
        # A slice of a small capture would measure nothing but the start.
        sizes[part] = min(total, max(total // part, 2000))
        if part not in slices:
            slices[part] = capture if sizes[part] == total else first(capture, sizes[part], folder)
    rows = [row for row in ROWS if row[0] == "libpcap" or not only or any(word in f"{row[0]} {row[1]}" for word in only)]
    for turn in range(runs):
        for peer, work, (script, *words), part in rows:
            key = f"{peer} {work}"
            if key in results.missing:
                continue
            start = [program] if peer == "libpcap" else [sys.executable, PEERS / script]
            run, error = measure([*start, slices[part], *words], "all cores" in peer)
            if error:
                results.missing[key] = error
                results.runs.pop(key, None)
                continue
            run["packets"] = run["packets"] or sizes[part]
            if run["packets"] != sizes[part]:
                print(f"run.py: {key}: saw {run['packets']} packets of {sizes[part]}", file=sys.stderr)
            results.add(key, run)
            print(f"run {turn + 1}/{runs}: {key}: {run['seconds']:.3f} s", file=sys.stderr)
    return rows, results


def table(rows, results):
    """The measurements as aligned text that is a Markdown table, too."""
    lines = [("work", "peer", "packets", "seconds", "µs/packet", "by libpcap's loop", "unwire is faster by", "peak MiB", "whole s")]
    for peer, work, _, part in rows:
        key = f"{peer} {work}"
        if key in results.missing:
            lines.append((work, peer, "-", "-", "-", "-", "-", "-", results.missing[key][:60]))
        elif key in results.runs:
            packets = results.runs[key][0]["packets"]
            ours = None if peer.startswith("unwire") else results.ratio(key, f"unwire {work}")
            sliced = " (first)" if part > 1 and packets < results.total else ""
            lines.append((
                work, peer, f"{packets:,}{sliced}", f"{results.median(key, 'seconds'):.3f}", f"{results.per_packet(key):.3f}",
                f"{results.ratio(key, 'libpcap read'):.2f}", f"{ours:.2f}" if ours else "-",
                f"{results.median(key, 'peak') / MIB:.0f}", f"{results.median(key, 'whole'):.3f}",
            ))  # fmt: skip
    return aligned(lines)


def budgets(results):
    """The budgets as a table, and whether every must that was measured holds."""
    lines, holds = [("budget", "measured", "must", "goal", "verdict")], True
    for what, value, relation, must, goal in BUDGETS:
        measured = value(results)
        wanted = [f"{relation} {bound}" if bound is not None else "-" for bound in (must, goal)]
        if measured is None:
            lines.append((what, "-", *wanted, "not measured"))
            continue
        met = [bound is None or (measured <= bound if relation == "≤" else measured >= bound) for bound in (must, goal)]
        holds &= met[0]
        verdict = "FAIL" if not met[0] else "pass" if met[1] else "pass, goal missed" if must is not None else "goal missed"
        lines.append((what, f"{measured:.2f}", *wanted, verdict))
    return aligned(lines), holds


def aligned(lines):
    """Columns of equal width, with Markdown's bars and rule; the first two lean left, numbers right."""
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    text = []
    for line in lines:
        cells = [cell.ljust(w) if n < 2 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))]
        text.append("| " + " | ".join(cells) + " |")
    rule = "|" + "|".join("-" * (w + 2) if n < 2 else "-" * (w + 1) + ":" for n, w in enumerate(widths)) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("capture", nargs="?", type=pathlib.Path, default=DATA / "big.pcap", help="default: benches/data/big.pcap")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="runs of each row, the median counts (default 7)")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help='only rows with such a word, as "dpkt" or "columns"')
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every run there, too")
    given = parser.parse_args()
    if not given.capture.exists():
        sys.exit(f"run.py: {given.capture}: not found; python benches/generate.py makes the standard capture")
    if not shutil.which("cc"):
        sys.exit("run.py: needs cc and libpcap's headers for the yardstick")
    with tempfile.TemporaryDirectory(prefix="unwire-bench-") as folder:
        rows, results = run_all(given.capture, given.runs, given.only, pathlib.Path(folder))
    verdicts, holds = budgets(results)
    print(f"{given.capture.name}, median of {given.runs} runs in turn\n\n{table(rows, results)}\n\n{verdicts}")
    for words in results.disagreements():
        print(f"run.py: {words}", file=sys.stderr)
    if given.json:
        given.json.write_text(json.dumps({"runs": results.runs, "missing": results.missing}, indent=1) + "\n")
    sys.exit(not holds)


if __name__ == "__main__":
    main()
