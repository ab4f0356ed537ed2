"""unwire: the 15 columns, drained batch by batch through the Arrow stream; a second argument is the workers."""

import sys

import pyarrow
import unwire.capture.trace
from harness import COLUMNS, report

workers = int(sys.argv[2])


def columns(path):
    table = unwire.open(path).packets(*COLUMNS, workers=workers)
    reader = pyarrow.RecordBatchReader.from_stream(table)
    packets = ports = 0
    for batch in reader:
        packets += batch.num_rows
        ports += batch.num_rows - batch.column(11).null_count
    return packets, ports


report("unwire" if workers == 1 else "unwire, all cores", "columns", columns)
