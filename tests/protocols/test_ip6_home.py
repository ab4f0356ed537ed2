"""A packet of Mobile IPv6 is summed as if it came from home (RFC 6275 section 11.3.1): the address in its destination option, not the header's."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import unwire
from conftest import pcap
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.ip6 import IP6
from unwire.dpkt.udp import UDP
from unwire.protocols.ip6_options import IP6DstOptsHeader, IP6HomeAddress, IP6TunnelLimit

HERE, HOME, THERE = bytes([0x20, 1]) + bytes(13) + b"\1", bytes([0x20, 2]) + bytes(13) + b"\2", bytes([0x20, 3]) + bytes(13) + b"\3"


def summed(source: bytes, datagram: bytes) -> int:
    words = source + THERE + struct.pack("!II", len(datagram), 17) + datagram + bytes(len(datagram) % 2)
    total = sum(struct.unpack(f"!{len(words) // 2}H", words))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def packet(*options: object) -> IP6:
    header = IP6DstOptsHeader(nxt=17, opts_typed=list(options))
    inner = UDP(sport=1, dport=2, data=b"abc")
    inner.ulen = len(inner)
    return IP6(bytes(IP6(nxt=60, src=HERE, dst=THERE, plen=len(bytes(header)) + 11, data=bytes(header) + bytes(inner))))


@pytest.mark.parametrize(
    ("options", "source"),
    [([IP6HomeAddress(address=HOME)], HOME), ([IP6TunnelLimit(limit=4), IP6HomeAddress(address=HOME)], HOME), ([IP6TunnelLimit(limit=4)], HERE)],
)
def test_sums_are_over_the_home_address(options: list[object], source: bytes) -> None:
    ip = packet(*options)
    ip.udp.sum = 0
    sent = bytes(ip)
    assert ip.udp.sum == summed(source, b"\0\1\0\2\0\x0b\0\0abc")
    assert IP6(sent).verify_checksums() == {"UDP.sum": True}
    pytest.importorskip("pyarrow")
    bad = sent[:-1] + b"d"
    rows = unwire.open(pcap(*(bytes(Ethernet(type=0x86DD, data=one)) for one in (sent, bad)))).packets("udp.checksum.status").to_arrow()
    assert rows.to_pylist() == [{"udp.checksum.status": 1}, {"udp.checksum.status": 0}]


def test_captures_of_mobile_nodes_are_judged_as_tshark_does(kit: Path) -> None:
    verdicts = {"udp-good": 1, "udp-bad": 0, "tcp-bad": 0}
    for name, verdict in verdicts.items():
        column = f"{name[:3]}.checksum.status"
        rows = unwire.open(kit / "captures" / f"zeek__ip6-hoa-{name}-chksum.pcap").packets(column).to_arrow().to_pylist()
        assert rows == [{column: verdict}], name
