"""Linux "cooked" capture, version 2 (LINKTYPE_LINUX_SLL2): with the interface's number, the protocol first."""

from typing import ClassVar

from unwire.declare import Ip4, Mac, Numbers, Packet, by, column, field, i32, raw, reading, u8, u16, u32, when


class SLL2(
    Packet,
    name="sll",
    over={"link": 276},
    next=(
        by("ethtype", "gre.proto", when="hrd == 778"),
        by("ethtype", "ethertype", when="ethtype >= 0x600", via="ethertype"),
        by(0, "eth.llc", when="ethtype == 4"),
        by("ethtype", "sll.ltype", when="ethtype < 0x600"),
    ),
):
    """Linux cooked capture v2"""

    _typesw: ClassVar[Numbers] = Numbers("ethertype")

    ethtype: u16 = field(0x0800)
    mbz: u16 = field(0)
    intindex: i32 = field(0)
    ifindex: u32 = reading("intindex", u32, "sll.ifindex")
    hrd: u16 = field(1, "sll.hatype")
    type: u8 = field(0)
    pkttype: u16 = column("type", "sll.pkttype")
    hlen: u8 = field(6)
    halen: u16 = column("hlen", "sll.halen")
    hdr: bytes = raw(8, b"")
    src_eth: Mac = reading("hdr", when("hlen == 6", Mac), "sll.src.eth")
    src_ip: Ip4 = reading("hdr", when("hlen == 4", Ip4), "sll.src.ipv4")
    src_other: bytes = reading("hdr", when("hlen and hlen != 4 and hlen != 6", raw("min(hlen, 8)")), "sll.src.other")
    gretype: u16 = when("hrd == 778", column("ethtype", "sll.gretype", base="hex"))
    etype: u16 = when("hrd != 778 and ethtype >= 0x600", column("ethtype", "sll.etype", base="hex"))
    ltype: u16 = when("hrd != 778 and ethtype < 0x600", column("ethtype", "sll.ltype", base="hex"))
