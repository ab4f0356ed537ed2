#!/usr/bin/env python3
"""Makes a capture of very many connections and reads it, with its memory: all logs of connections that end in time, and `conn` of ones that all live.

    python benches/flows.py 5000000            # a connection a millisecond: all logs
    python benches/flows.py 5000000 --live     # all of them within three seconds: what a live connection takes
    python benches/flows.py 1000 --make > few.pcap

A connection is an opening; every sixteenth is answered and asks for a page; none ends. The capture goes through a pipe and is never a file. What
is printed is JSON: rows, seconds, peak, caps that were reached, and, for live ones, bytes each, with their rows, beyond what a thousand take.
"""

import argparse
import json
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import time

ASK = b"GET /index.html HTTP/1.1\r\nHost: example.com\r\n\r\n"
SERVER = b"\x0a\xff\0\1"
ETHERNET = bytes(12) + b"\x08\0"


def tcp(there, here, ports, flags, seq, ack, data=b""):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0) + there + here
    return ETHERNET + head + struct.pack("!4sIIBBHHH", ports, seq, ack, 0x50, flags, 1000, 0, 0) + data


def make(flows, apart, out):
    """Write the capture, its connections so many nanoseconds apart."""
    out.write(struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
    ports, back, pieces = b"\x9c\x40\0\x50", b"\0\x50\x9c\x40", []
    for flow in range(flows):
        client = struct.pack("!I", 0x0A000000 + flow)
        frames = [tcp(client, SERVER, ports, 2, 1, 0)]
        if flow % 16 == 0:
            frames += [tcp(SERVER, client, back, 18, 1, 2), tcp(client, SERVER, ports, 24, 2, 2, ASK)]
        at = flow * apart
        for frame in frames:
            pieces.append(struct.pack("<IIII", 1000 + at // 10**9, at % 10**9, len(frame), len(frame)) + frame)
        if len(pieces) > 20000:
            out.write(b"".join(pieces))
            pieces = []
    out.write(b"".join(pieces))


def measure(flows, live, folder):
    """Read so many connections with a process of its own, and return what came of it; a child's peak begins with its parent's, which is small."""
    making = [sys.executable, __file__, str(flows), "--make", *(["--live"] if live else [])]
    reading = [sys.executable, "-m", "unwire", *(["conn", "-", "-T", "jsonl"] if live else ["logs", "-", "--dir", str(folder)]), "--no-progress"]
    start = time.perf_counter()
    with subprocess.Popen(making, stdout=subprocess.PIPE) as made, open(folder / "out", "wb") as out:
        read = subprocess.run(reading, stdin=made.stdout, stdout=out, stderr=subprocess.PIPE, check=True)
        made.stdout.close()
    # Of the two children the reader is the larger one.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    rows = {}
    for log in [folder / "out"] if live else sorted(folder.glob("*.log")):
        with open(log, "rb") as lines:
            rows["conn" if live else log.stem] = sum(not line.startswith(b"#") for line in lines)
    caps = sum(b"too_many" in line for line in open(folder / "weird.log", "rb")) if (folder / "weird.log").exists() else 0
    told = read.stderr.decode(errors="replace").strip()
    return {"flows": flows, "rows": rows, "seconds": round(time.perf_counter() - start, 1), "peak": peak, "caps": caps, "told": told}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("flows", type=int)
    parser.add_argument("--live", action="store_true", help="all of them within three seconds, so that none ends before the last begins")
    parser.add_argument("--make", action="store_true", help="write the capture to standard output, and read nothing")
    given = parser.parse_args()
    if given.make:
        make(given.flows, 3 * 10**9 // given.flows if given.live else 10**6, sys.stdout.buffer)
        return
    with tempfile.TemporaryDirectory(prefix="unwire-flows-") as folder:
        few = measure(1000, True, pathlib.Path(folder)) if given.live else None
        for one in pathlib.Path(folder).iterdir():
            one.unlink()
        found = measure(given.flows, given.live, pathlib.Path(folder))
    if few:
        found["bytes a live flow"] = round((found["peak"] - few["peak"]) / given.flows, 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
