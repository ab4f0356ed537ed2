"""unwire: how many packets match the filter; nothing but their number leaves the engine."""

import pyarrow
import unwire.capture.trace
import unwire.filters.display
from harness import FILTER, report


def count(path):
    capture = unwire.open(path)
    reader = pyarrow.RecordBatchReader.from_stream(capture.packets("frame.number", where=FILTER, workers=1))
    return None, sum(batch.num_rows for batch in reader)


report("unwire", "count", count)
