"""A capture in numbers: protocols, ports, who talks most, packets per second. From a tutorial for dpkt."""

import socket
import sys
from collections import Counter, defaultdict
from typing import Any

from unwire import dpkt


def traffic_stats(pcap_path: str) -> dict[str, Any]:
    """Count the traffic of a capture."""
    stats: dict[str, Any] = {
        "total_packets": 0,
        "total_bytes": 0,
        "protocols": Counter(),
        "top_talkers": Counter(),
        "port_distribution": Counter(),
        "packets_per_second": defaultdict(int),
    }

    with open(pcap_path, "rb") as f:
        for ts, buf in dpkt.pcap.Reader(f):
            stats["total_packets"] += 1
            stats["total_bytes"] += len(buf)

            # Timestamp bucketed by second
            second = int(ts)
            stats["packets_per_second"][second] += 1

            # Mended: a frame shorter than 14 bytes ended the tutorial's program.
            try:
                eth = dpkt.ethernet.Ethernet(buf)
            except dpkt.NeedData:
                continue
            if not isinstance(eth.data, dpkt.ip.IP):
                continue

            ip = eth.data
            src = socket.inet_ntoa(ip.src)
            dst = socket.inet_ntoa(ip.dst)
            stats["top_talkers"][(src, dst)] += len(buf)

            if isinstance(ip.data, dpkt.tcp.TCP):
                stats["protocols"]["TCP"] += 1
                stats["port_distribution"][ip.data.dport] += 1
            elif isinstance(ip.data, dpkt.udp.UDP):
                stats["protocols"]["UDP"] += 1
                stats["port_distribution"][ip.data.dport] += 1
            elif isinstance(ip.data, dpkt.icmp.ICMP):
                stats["protocols"]["ICMP"] += 1

    return stats


if __name__ == "__main__":
    for name, value in traffic_stats(sys.argv[1]).items():
        print(name, value.most_common(5) if isinstance(value, Counter) else dict(value) if isinstance(value, defaultdict) else value)
