"""unwire's trace as a sequence of packets, by its second word: `match` and `rare` (the same rare filter in Pktt's language and as columns), 100,000
packets `in-order`, at `random` indexes and by `iteration` once places are known, the second `opening`, and the first `screen` of the packet list.
"""

import itertools
import json
import random
import subprocess
import sys
import time

import unwire
from harness import warm

SOME = 100_000
#: Packets that few captures have: they are asked for and not found.
RARE = "IP.TTL == 3 and TCP.flags.URG == 1", "ip.ttl == 3 && tcp.flags.urg == 1"


def match(path):
    trace, found = unwire.open(path, index=False), 0
    while trace.match(RARE[0]):
        found += 1
    return found


def rare(path):
    return sum(len(batch) for batch in unwire.open(path).packets("frame.number", where=RARE[1], workers=1).batches())


def known(path):
    """A trace whose places are known, and the indexes that are asked for."""
    trace = unwire.open(path)
    return trace, min(SOME, len(trace))


def clocked(function, *given):
    start = time.perf_counter()
    answer = function(*given)
    return time.perf_counter() - start, answer


def asked(trace, indexes):
    for index in indexes:
        trace[index]
    return len(indexes)


def in_order(path):
    trace, some = known(path)
    return clocked(asked, trace, range(some))


def at_random(path):
    trace, some = known(path)
    dice = random.Random(1)
    return clocked(asked, trace, [dice.randrange(len(trace)) for _ in range(some)])


def iteration(path):
    trace, some = known(path)
    return clocked(lambda: sum(1 for _ in itertools.islice(trace.frames(0), some)))


def opening(path):
    """The least of some openings: what else the machine does is not ours."""
    number = len(unwire.open(path)) * 19 // 20
    return min(clocked(lambda: unwire.open(path)[number].number) for _ in range(9))


def screen(path):
    """From the start of the process to its twentieth line."""
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "unwire", "packets", path], stdout=subprocess.PIPE) as process:
        lines = sum(1 for _ in itertools.islice(process.stdout, 20))
        seconds = time.perf_counter() - start
        process.stdout.close()
    return seconds, lines


WORKS = {
    "match": lambda path: clocked(match, path), "rare": lambda path: clocked(rare, path), "in-order": in_order, "random": at_random,
    "iteration": iteration, "opening": opening, "screen": screen,
}  # fmt: skip
warm(sys.argv[1])
seconds, answer = WORKS[sys.argv[2]](sys.argv[1])
print(json.dumps({"peer": "unwire", "work": sys.argv[2], "packets": None, "answer": answer, "seconds": seconds}))
