"""What every Python peer shares: the columns, the filter, the clock, and the JSON line run.py reads.

A peer is a function from a capture's path to (packets, answer). The file is read once before the clock
starts, so that it lies in the page cache; imports are over by then, too, also those that unwire puts off until they are needed.
"""

import json
import sys
import time

COLUMNS = (
    "frame.time_epoch", "frame.len", "frame.protocols", "eth.src", "eth.dst", "ip.src", "ip.dst", "ip.proto",
    "ip.ttl", "ip.len", "tcp.srcport", "tcp.dstport", "tcp.flags", "udp.srcport", "udp.dstport",
)  # fmt: skip
FILTER = "tcp.dstport == 443 && ip.src == 10.0.0.0/8"


def warm(path):
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass


def report(peer, work, function):
    """Runs the function on the capture of the command line and prints what came of it."""
    path = sys.argv[1]
    warm(path)
    start = time.perf_counter()
    packets, answer = function(path)
    seconds = time.perf_counter() - start
    print(json.dumps({"peer": peer, "work": work, "packets": packets, "answer": answer, "seconds": seconds}))
