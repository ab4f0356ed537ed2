"""unwire, reading only: (time, bytes) of each packet through the dpkt-shaped reader."""

from harness import report
from unwire import dpkt


def read(path):
    packets = answer = 0
    with open(path, "rb") as file:
        for _, data in dpkt.pcap.UniversalReader(file):
            packets += 1
            answer += len(data)
    return packets, answer


report("unwire", "read", read)
