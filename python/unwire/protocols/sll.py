"""Linux "cooked" capture (LINKTYPE_LINUX_SLL), what libpcap makes of interfaces without one link layer."""

from typing import ClassVar

from unwire.declare import Ip4, Mac, Numbers, Packet, by, column, field, raw, reading, u16, when

_PACKET_TYPES = {0: "to us", 1: "broadcast", 2: "multicast", 3: "to another host", 4: "sent by us"}


class SLL(
    Packet,
    over={"link": 113},
    next=(
        by("ethtype", "gre.proto", when="hrd == 778"),
        # Below an Ethernet type's least value Linux numbers other kinds of payload itself (if_ether.h).
        by("ethtype", "ethertype", when="ethtype >= 0x600", via="ethertype"),
        by(0, "eth.llc", when="ethtype == 4"),
        by("ethtype", "sll.ltype", when="ethtype < 0x600"),
    ),
):
    """Linux cooked capture v1"""

    _typesw: ClassVar[Numbers] = Numbers("ethertype")

    type: u16 = field(0, "sll.pkttype", names=_PACKET_TYPES)
    hrd: u16 = field(1, "sll.hatype")
    hlen: u16 = field(6, "sll.halen")
    hdr: bytes = raw(8, b"")
    src_eth: Mac = reading("hdr", when("hlen == 6", Mac), "sll.src.eth")
    src_ip: Ip4 = reading("hdr", when("hlen == 4", Ip4), "sll.src.ipv4")
    src_other: bytes = reading("hdr", when("hlen and hlen != 4 and hlen != 6", raw("min(hlen, 8)")), "sll.src.other")
    ethtype: u16 = field(0x0800)
    gretype: u16 = when("hrd == 778", column("ethtype", "sll.gretype", base="hex"))
    etype: u16 = when("hrd != 778 and ethtype >= 0x600", column("ethtype", "sll.etype", base="hex"))
    ltype: u16 = when("hrd != 778 and ethtype < 0x600", column("ethtype", "sll.ltype", base="hex"))
