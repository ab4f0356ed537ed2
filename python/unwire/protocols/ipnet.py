"""Solaris IP observability devices (LINKTYPE_IPNET)."""

from unwire.declare import Packet, by, field, length, u8, u16, u32


class IPNET(Packet, over={"link": 226}, next=(by(4, "ip.version", when="family == 2"), by(6, "ip.version", when="family == 26"))):
    """Solaris IPNET"""

    version: u8 = field(1, "ipnet.version")
    family: u8 = field(2, "ipnet.family")
    htype: u16 = field(0, "ipnet.htype")
    pktlen: u32 = length(0, "ipnet.pktlen", of="layer", value="size - 24")
    ifindex: u32 = field(0, "ipnet.ifindex")
    grifindex: u32 = field(0, "ipnet.grifindex")
    zsrc: u32 = field(0, "ipnet.zsrc")
    zdst: u32 = field(0, "ipnet.zdst")
