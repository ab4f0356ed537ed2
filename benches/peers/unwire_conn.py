"""unwire: the log of connections, drained as an Arrow stream."""

import os

import unwire.capture.trace
from harness import report


def count(path):
    rows = sum(len(batch) for batch in unwire.open(path).conn(workers=len(os.sched_getaffinity(0))).batches())
    return 0, [rows]


report("unwire", "conn", count)
