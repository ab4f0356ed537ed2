"""Cisco's HDLC framing, and its keepalive and address protocol SLARP."""

from unwire.declare import Ip4, Packet, by, field, u8, u16, u32, when


class CHDLC(Packet, over={"link": 104}, next=(by("protocol", "chdlc.protocol"), by("protocol", "ethertype"))):
    """Cisco HDLC"""

    address: u8 = field(0x0F, "chdlc.address", base="hex")
    control: u8 = field(0, "chdlc.control", base="hex")
    protocol: u16 = field(0x0800, "chdlc.protocol", base="hex")


class SLARP(Packet, over={"chdlc.protocol": 0x8035}):
    """Cisco SLARP"""

    ptype: u32 = field(0, "slarp.ptype")
    address: Ip4 = when("ptype != 2", field(bytes(4), "slarp.address"))
    mysequence: u32 = when("ptype == 2", field(0, "slarp.mysequence"))
    yoursequence: u32 = when("ptype == 2", field(0, "slarp.yoursequence"))
