"""pyshark: the 15 columns as Python lists, from the packets tshark describes to it."""

import pyshark
from harness import COLUMNS, report

FIELDS = [column.split(".") for column in COLUMNS[3:]]


def columns(path):
    table = [[] for _ in COLUMNS]
    capture = pyshark.FileCapture(path, keep_packets=False)
    for packet in capture:
        frame = packet.frame_info
        # A commented packet hides its frame layer behind the comment.
        row = [getattr(frame, name, None) for name in ("time_epoch", "len", "protocols")]
        for layer, field in FIELDS:
            row.append(getattr(packet[layer], field, None) if layer in packet else None)
        for column, value in zip(table, row, strict=True):
            column.append(value)
    capture.close()
    return len(table[0]), sum(port is not None for port in table[11])


report("pyshark", "columns", columns)
