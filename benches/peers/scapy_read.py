"""scapy: the 15 columns as Python lists, from its own dissection of each packet."""

import logging

logging.getLogger("scapy").setLevel(logging.ERROR)

from harness import COLUMNS, report  # noqa: E402, scapy warns while it is imported
from scapy.all import IP, TCP, UDP, Ether, PcapReader  # noqa: E402


def columns(path):
    table = [[] for _ in COLUMNS]
    with PcapReader(path) as reader:
        for packet in reader:
            ethernet, ip = packet.getlayer(Ether), packet.getlayer(IP)
            tcp, udp = packet.getlayer(TCP), packet.getlayer(UDP)
            row = [packet.time, packet.wirelen, ":".join(layer.__name__ for layer in packet.layers())]
            row += (ethernet.src, ethernet.dst) if ethernet else (None, None)
            row += (ip.src, ip.dst, ip.proto, ip.ttl, ip.len) if ip else (None,) * 5
            row += (tcp.sport, tcp.dport, int(tcp.flags)) if tcp else (None,) * 3
            row += (udp.sport, udp.dport) if udp else (None, None)
            for column, value in zip(table, row, strict=True):
                column.append(value)
    return len(table[0]), sum(port is not None for port in table[11])


report("scapy", "columns", columns)
