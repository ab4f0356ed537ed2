"""dpkt: the 15 columns as Python lists, as a careful user would write it.

Address texts are cached, which helps dpkt; tunnels are not followed, which it does not do.
"""

import socket
from functools import lru_cache

import dpkt
from harness import COLUMNS, report


@lru_cache(65536)
def ip_text(address):
    return socket.inet_ntop(socket.AF_INET, address)


@lru_cache(65536)
def mac_text(address):
    return address.hex(":")


def columns(path):
    table = [[] for _ in COLUMNS]
    append = [column.append for column in table]
    ethernet, tcp, udp = dpkt.ethernet.Ethernet, dpkt.tcp.TCP, dpkt.udp.UDP
    ip4, ip6 = dpkt.ip.IP, dpkt.ip6.IP6
    with open(path, "rb") as file:
        for time, data in dpkt.pcap.UniversalReader(file):
            row = [time, len(data), None, None, None, None, None, None, None, None, None, None, None, None, None]
            frame = ethernet(data)
            row[3], row[4] = mac_text(frame.src), mac_text(frame.dst)
            names, ip = ["eth"], frame.data
            segment = None
            if isinstance(ip, ip4):
                row[5], row[6], row[7], row[8], row[9] = ip_text(ip.src), ip_text(ip.dst), ip.p, ip.ttl, ip.len
                names.append("ip")
                segment = ip.data
            elif isinstance(ip, ip6):
                names.append("ipv6")
                segment = ip.data
            if isinstance(segment, tcp):
                row[10], row[11], row[12] = segment.sport, segment.dport, segment.flags
                names.append("tcp")
            elif isinstance(segment, udp):
                row[13], row[14] = segment.sport, segment.dport
                names.append("udp")
            row[2] = ":".join(names)
            for add, value in zip(append, row, strict=True):
                add(value)
    return len(table[0]), sum(port is not None for port in table[11])


report("dpkt", "columns", columns)
