"""Writing only, for dpkt and for whatever stands in for it: packets that are in memory go through `Writer.writepkt` to nowhere, because a
disk would be measured otherwise. Reading them is not in the time. With `objects` behind the capture they are `Ethernet` objects that nobody
changed, else bytes.
"""

import json
import os
import sys
import time

#: How often the packets are written. They are few, so that a core's cache holds them: memory would be measured otherwise.
TIMES = 50


def run(peer, dpkt):
    with open(sys.argv[1], "rb") as file:
        packets = list(dpkt.pcap.UniversalReader(file))
    answer = sum(len(data) for _, data in packets)
    work = " ".join(["write", *sys.argv[2:]])
    if work == "write objects":
        packets = [(ts, dpkt.ethernet.Ethernet(data)) for ts, data in packets]
    start = time.perf_counter()
    with open(os.devnull, "wb") as file:
        writer = dpkt.pcap.Writer(file)
        for _ in range(TIMES):
            for ts, data in packets:
                writer.writepkt(data, ts)
    seconds = (time.perf_counter() - start) / TIMES
    print(json.dumps({"peer": peer, "work": work, "packets": len(packets), "answer": answer, "seconds": seconds}))
