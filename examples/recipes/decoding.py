"""Each packet as a dictionary of what a program asks first: addresses, ports, flags, sizes. From a tutorial for dpkt."""

import socket
import sys
from datetime import datetime, timezone
from typing import Any

from unwire import dpkt


def decode_packet(ts: float, buf: bytes) -> dict[str, Any] | None:
    """Decode a single packet; None if it is not one of IP's."""
    # Mended: a frame shorter than 14 bytes is no Ethernet, and the tutorial's program ended at the first one.
    try:
        eth = dpkt.ethernet.Ethernet(buf)
    except dpkt.NeedData:
        return None

    if not isinstance(eth.data, (dpkt.ip.IP, dpkt.ip6.IP6)):
        return None

    ip = eth.data
    is_v6 = isinstance(ip, dpkt.ip6.IP6)

    result: dict[str, Any] = {
        "timestamp": datetime.fromtimestamp(ts, tz=timezone.utc),
        "src_ip": socket.inet_ntop(socket.AF_INET6 if is_v6 else socket.AF_INET, ip.src),
        "dst_ip": socket.inet_ntop(socket.AF_INET6 if is_v6 else socket.AF_INET, ip.dst),
        "ip_len": ip.len if not is_v6 else ip.plen,
        "protocol": None,
        "src_port": None,
        "dst_port": None,
    }

    transport = ip.data
    if isinstance(transport, dpkt.tcp.TCP):
        result["protocol"] = "TCP"
        result["src_port"] = transport.sport
        result["dst_port"] = transport.dport
        result["tcp_flags"] = transport.flags
        result["payload_len"] = len(transport.data)
    elif isinstance(transport, dpkt.udp.UDP):
        result["protocol"] = "UDP"
        result["src_port"] = transport.sport
        result["dst_port"] = transport.dport
        result["payload_len"] = len(transport.data)
    elif isinstance(transport, dpkt.icmp.ICMP):
        result["protocol"] = "ICMP"
        result["icmp_type"] = transport.type
        result["icmp_code"] = transport.code

    return result


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as f:
        for ts, buf in dpkt.pcap.Reader(f):
            pkt = decode_packet(ts, buf)
            if pkt:
                print(pkt)
