"""dpkt: the recipe for who talked to whom: each flow's first and last time, packets and bytes by direction, flags seen. No states, no history."""

import dpkt
from harness import report


def conn(path):
    flows, packets = {}, 0
    with open(path, "rb") as file:
        for time, data in dpkt.pcap.UniversalReader(file):
            packets += 1
            ip = dpkt.ethernet.Ethernet(data).data
            if not isinstance(ip, (dpkt.ip.IP, dpkt.ip6.IP6)):
                continue
            segment = ip.data
            if not isinstance(segment, (dpkt.tcp.TCP, dpkt.udp.UDP)):
                continue
            key, side = (ip.src, segment.sport, ip.dst, segment.dport, ip.p), 0
            back = (ip.dst, segment.dport, ip.src, segment.sport, ip.p)
            if key not in flows and back in flows:
                key, side = back, 1
            flow = flows.setdefault(key, [time, time, [0, 0], [0, 0], 0])
            flow[1] = time
            flow[2][side] += 1
            flow[3][side] += len(segment.data)
            flow[4] |= getattr(segment, "flags", 0)
    return packets, [len(flows)]


report("dpkt", "conn", conn)
