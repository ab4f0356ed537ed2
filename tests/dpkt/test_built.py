"""What is built of fields is read by tshark without a malformed mark and with good checksums."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import pcap
from unwire.dpkt.ah import AH
from unwire.dpkt.arp import ARP
from unwire.dpkt.ethernet import Ethernet, MPLSlabel, VLANtag8021Q, VLANtagISL
from unwire.dpkt.gre import GRE
from unwire.dpkt.icmp import ICMP
from unwire.dpkt.icmp6 import ICMP6
from unwire.dpkt.igmp import IGMP
from unwire.dpkt.ip import IP
from unwire.dpkt.ip6 import IP6, IP6DstOptsHeader, IP6FragmentHeader, IP6HopOptsHeader, IP6RoutingHeader
from unwire.dpkt.ppp import PPP_IP6
from unwire.dpkt.pppoe import PPP, PPPoE
from unwire.dpkt.sctp import SCTP
from unwire.dpkt.stp import STP
from unwire.dpkt.tcp import TCP
from unwire.dpkt.udp import UDP
from unwire.protocols.llc import LLC
from unwire.protocols.sctp_chunks import Chunk
from unwire.protocols.vxlan import VXLAN

FOUR = {"src": b"\x0a\0\0\1", "dst": b"\x0a\0\0\2"}
SIX = {"src": b"\xfe\x80" + b"\0" * 13 + b"\1", "dst": b"\xfe\x80" + b"\0" * 13 + b"\2", "hlim": 64}
ENDS = {"dst": b"\2\0\0\0\0\2", "src": b"\2\0\0\0\0\1"}


def eth(data: Any, **fields: Any) -> Ethernet:
    """A frame around a payload."""
    return Ethernet(**ENDS, data=data, **fields)


def udp() -> UDP:
    """A datagram on ports that mean nothing."""
    return UDP(sport=50_001, dport=50_002, data=b"hello")


STACKS: list[tuple[str, Any, str]] = [
    ("UDP over IPv4", lambda: eth(IP(**FOUR, data=udp())), "eth:ethertype:ip:udp:data"),
    ("TCP with options", lambda: eth(IP(**FOUR, data=TCP(sport=50_001, dport=50_002, flags=2, opts=b"\2\4\5\xb4\1\3\3\7"))), "eth:ethertype:ip:tcp"),
    ("IPv4 options", lambda: eth(IP(**FOUR, opts=b"\x94\4\0\0", data=udp())), "eth:ethertype:ip:udp:data"),
    ("echo", lambda: eth(IP(**FOUR, data=ICMP(data=ICMP.Echo(id=7, seq=1, data=b"ping")))), "eth:ethertype:ip:icmp:data"),
    ("IGMP", lambda: eth(IP(**FOUR, data=IGMP(type=0x16, group=b"\xe0\0\0\5"))), "eth:ethertype:ip:igmp:igmp"),
    ("ARP", lambda: eth(ARP(sha=ENDS["src"], spa=FOUR["src"], tpa=FOUR["dst"])), "eth:ethertype:arp"),
    ("TCP over IPv6", lambda: eth(IP6(**SIX, data=TCP(sport=50_001, dport=50_002, flags=16))), "eth:ethertype:ipv6:tcp"),
    ("UDP over IPv6", lambda: eth(IP6(**SIX, data=udp())), "eth:ethertype:ipv6:udp:data"),
    ("echo over IPv6", lambda: eth(IP6(**SIX, data=ICMP6(type=128, data=ICMP6.Echo(id=7, seq=1)))), "eth:ethertype:ipv6:icmpv6"),
    (
        "extension headers",
        lambda: eth(IP6(**SIX, nxt=0, all_extension_headers=[IP6HopOptsHeader(nxt=60), IP6DstOptsHeader(nxt=17)], data=udp())),
        "eth:ethertype:ipv6:ipv6.hopopts:ipv6.dstopts:udp:data",
    ),
    (
        "a routing header and the only fragment",
        lambda: eth(
            IP6(
                **SIX,
                all_extension_headers=[IP6RoutingHeader(type=2, segs_left=1, body=SIX["dst"]), IP6FragmentHeader(nxt=6)],
                data=TCP(sport=50_001, dport=50_002),
            )
        ),
        "eth:ethertype:ipv6:ipv6.routing:ipv6.fraghdr:tcp",
    ),
    ("SCTP", lambda: eth(IP(**FOUR, data=SCTP(sport=50_001, dport=50_002, chunks=[Chunk(type=11)]))), "eth:ethertype:ip:sctp"),
    ("GRE", lambda: eth(IP(**FOUR, data=GRE(data=IP(**FOUR, data=udp())))), "eth:ethertype:ip:gre:ip:udp:data"),
    ("GRE with a key", lambda: eth(IP(**FOUR, data=GRE(flags=0x2000, key=5, data=IP6(**SIX, data=udp())))), "eth:ethertype:ip:gre:ipv6:udp:data"),
    ("IPv4 in IPv4", lambda: eth(IP(**FOUR, data=IP(**FOUR, data=udp()))), "eth:ethertype:ip:ip:udp:data"),
    ("IPv6 in IPv4", lambda: eth(IP(**FOUR, data=IP6(**SIX, data=udp()))), "eth:ethertype:ip:ipv6:udp:data"),
    ("an authentication header", lambda: eth(IP(**FOUR, data=AH(spi=1, data=udp()))), "eth:ethertype:ip:ah:udp:data"),
    (
        "VXLAN",
        lambda: eth(IP(**FOUR, data=UDP(sport=50_001, dport=4789, data=VXLAN(vni=9, data=eth(IP(**FOUR, data=udp())))))),
        "eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:udp:data",
    ),
    ("a tag", lambda: eth(IP(**FOUR, data=udp()), vlan_tags=[VLANtag8021Q(id=5)]), "eth:ethertype:vlan:ethertype:ip:udp:data"),
    (
        "two tags",
        lambda: eth(ARP(), vlan_tags=[VLANtag8021Q(id=5), VLANtag8021Q(id=6)]),
        "eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:arp",
    ),
    # Wireshark has ISL under the name of Ethernet.
    ("a tag before the frame", lambda: eth(IP(**FOUR, data=udp()), vlan_tags=[VLANtagISL(id=5, len=63)]), "eth:eth:ethertype:ip:udp:data"),
    ("labels", lambda: eth(IP(**FOUR, data=udp()), mpls_labels=[MPLSlabel(val=17), MPLSlabel(val=18)]), "eth:ethertype:mpls:ip:udp:data"),
    ("PPPoE", lambda: eth(PPPoE(session=1, data=PPP(p=0x21, data=IP(**FOUR, data=udp())))), "eth:ethertype:pppoes:ppp:ip:udp:data"),
    ("PPPoE, IPv6", lambda: eth(PPPoE(session=1, data=PPP(p=PPP_IP6, data=IP6(**SIX, data=udp())))), "eth:ethertype:pppoes:ppp:ipv6:udp:data"),
    ("a spanning tree", lambda: eth(LLC(dsap=0x42, ssap=0x42, data=STP(root_path=4))), "eth:llc:stp"),
]


def test_tshark_reads_what_is_built(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    path = tmp_path / "built.pcap"
    path.write_bytes(pcap(*(bytes(make()) for _, make, _ in STACKS)))
    checks = ("ip", "tcp", "udp")
    status = [f"{one}.checksum.status" for one in ("ip", "tcp", "udp", "icmp", "icmpv6", "sctp", "igmp")]
    fields = ["frame.protocols", "_ws.malformed", "_ws.expert.message", *status]
    options = [f"-o{one}.check_checksum:TRUE" for one in checks] + ["-osctp.checksum:CRC 32c"]
    command = [tshark, "-n", "-r", str(path), *options, "-Tfields", "-Eseparator=|", *(f"-e{name}" for name in fields)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    rows = done.stdout.splitlines()
    assert len(rows) == len(STACKS), done.stderr
    for (what, make, protocols), row in zip(STACKS, rows, strict=True):
        found, malformed, message, *statuses = row.split("|")
        assert found == protocols, (what, message, bytes(make()).hex())
        assert not malformed, (what, message)
        assert set(",".join(statuses).split(",")) <= {"", "1"}, (what, row)


@pytest.mark.parametrize(("what", "make", "protocols"), STACKS, ids=[what for what, _, _ in STACKS])
def test_checksums_hold(what: str, make: Any, protocols: str) -> None:
    made = make()
    packed = bytes(made)
    again = Ethernet(packed)
    assert all(again.verify_checksums().values()), what
    assert bytes(again) == packed, what
    assert bytes(again.recompute()) == packed, what
    assert again.raw == packed


def test_chunks_of_sctp_are_sent_once_however_they_are_given() -> None:
    def chunk() -> Any:
        return Chunk(type=0, len=8, data=b"abcd")

    given = SCTP(data=[chunk()])
    later = SCTP()
    later.chunks = later.data = [chunk()]
    for packet in (given, later, SCTP(chunks=[chunk()])):
        assert len(packet) == len(bytes(packet)) == 20
        assert len(packet.chunks) == 1
        assert len(bytes(packet)) == 20  # looking at it has changed nothing
        assert "chunks=[Chunk(type=0, len=8" in repr(packet)
