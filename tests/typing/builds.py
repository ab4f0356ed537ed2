"""A program that builds packets and changes them: keywords, assignments, plain bytes for addresses."""

from __future__ import annotations

import unwire.dpkt.ethernet
from unwire import dpkt
from unwire.dpkt.ip import IP
from unwire.dpkt.udp import UDP


def build() -> bytes:
    """Build a datagram."""
    ip = IP(src=b"\x0a\x00\x00\x01", dst=b"\x0a\x00\x00\x02", p=dpkt.ip.IP_PROTO_UDP, data=UDP(sport=50000, dport=53, data=b"hello"))
    ip.ttl -= 1
    ip.src = b"\x0a\x00\x00\x03"
    ip.dst = bytes(4)
    ip.data = dpkt.tcp.TCP(flags=dpkt.tcp.TH_SYN)
    frame = unwire.dpkt.ethernet.Ethernet(data=ip, type=dpkt.ethernet.ETH_TYPE_IP)
    frame.src = b"\x02\x00\x00\x00\x00\x01"
    del ip.sum
    return bytes(frame) + frame.pack() + frame.pack_hdr()
