"""Questions and answers of DNS. From a tutorial for dpkt."""

import socket
import sys
from typing import Any

from unwire import dpkt


def extract_dns(pcap_path: str) -> list[dict[str, Any]]:
    """Extract the questions and answers of DNS over UDP and IPv4."""
    results = []

    with open(pcap_path, "rb") as f:
        for ts, buf in dpkt.pcap.Reader(f):
            # Mended: a frame shorter than 14 bytes ended the tutorial's program.
            try:
                eth = dpkt.ethernet.Ethernet(buf)
            except dpkt.NeedData:
                continue
            if not isinstance(eth.data, dpkt.ip.IP):
                continue

            ip = eth.data
            if not isinstance(ip.data, dpkt.udp.UDP):
                continue

            udp = ip.data
            if udp.sport != 53 and udp.dport != 53:
                continue

            try:
                dns = dpkt.dns.DNS(udp.data)
            except dpkt.dpkt.UnpackError:
                continue

            entry: dict[str, Any] = {
                "timestamp": ts,
                "src": socket.inet_ntoa(ip.src),
                "dst": socket.inet_ntoa(ip.dst),
                "id": dns.id,
                "is_response": bool(dns.qr),
                "queries": [],
                "answers": [],
            }

            for q in dns.qd:
                entry["queries"].append({"name": q.name, "type": q.type})

            for a in dns.an:
                answer = {"name": a.name, "type": a.type, "ttl": a.ttl}
                if a.type == dpkt.dns.DNS_A:
                    answer["ip"] = socket.inet_ntoa(a.rdata)
                elif a.type == dpkt.dns.DNS_AAAA:
                    answer["ip"] = socket.inet_ntop(socket.AF_INET6, a.rdata)
                elif a.type == dpkt.dns.DNS_CNAME:
                    answer["cname"] = a.cname
                entry["answers"].append(answer)

            results.append(entry)

    return results


if __name__ == "__main__":
    for result in extract_dns(sys.argv[1]):
        print(result)
