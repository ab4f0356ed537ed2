"""unwire: the 15 columns and those of TCP's options beside them, drained batch by batch through the Arrow stream, on one core."""

import pyarrow
import unwire.capture.trace
from harness import COLUMNS, report

OPTIONS = (
    "tcp.option_kind", "tcp.option_len", "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.sack_le", "tcp.options.sack_re",
    "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr",
)  # fmt: skip


def columns(path):
    table = unwire.open(path).packets(*COLUMNS, *OPTIONS, workers=1)
    packets = times = 0
    for batch in pyarrow.RecordBatchReader.from_stream(table):
        packets += batch.num_rows
        times += batch.num_rows - batch.column(len(COLUMNS) + 6).null_count
    return packets, times


report("unwire", "option columns", columns)
