"""unwire: the logs of dns, http and ssl in one pass, their batches drained; no hashes of files."""

import os

import unwire.capture.trace
from harness import report
from unwire import schema
from unwire.tables.conn import connections


def logs(path):
    trace = unwire.open(path)
    asked = connections(schema.current())
    rows = {}
    for name, batch in asked.logs(("dns", "http", "ssl"), list(trace.sources()), len(os.sched_getaffinity(0))):
        rows[name] = rows.get(name, 0) + len(batch)
    return None, rows


report("unwire", "logs", logs)
