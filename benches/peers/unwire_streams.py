"""unwire: all TCP streams put in order, their bytes and gaps counted."""

import unwire.capture.trace
from harness import report


def count(path):
    packets = sizes = gaps = number = 0
    for stream in unwire.open(path).streams():
        number += 1
        packets += stream.packets
        sizes += stream.client.size + stream.server.size
        gaps += stream.client.gap_count + stream.server.gap_count
    return packets, [number, sizes, gaps]


report("unwire", "streams", count)
