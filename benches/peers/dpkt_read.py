"""dpkt, reading only: (time, bytes) of each packet, the captured lengths summed."""

import dpkt
from harness import report


def read(path):
    packets = answer = 0
    with open(path, "rb") as file:
        for _, data in dpkt.pcap.UniversalReader(file):
            packets += 1
            answer += len(data)
    return packets, answer


report("dpkt", "read", read)
