"""unwire: everything that its summary tells, in one pass: who talks to whom, protocols, sizes, checksums."""

import os

import unwire.capture.trace
from harness import report
from unwire.tables.summary import summary


def count(path):
    found = summary(unwire.open(path), workers=len(os.sched_getaffinity(0)))
    return found.packets, [found.bytes, found.conversation_count]


report("unwire", "summary", count)
