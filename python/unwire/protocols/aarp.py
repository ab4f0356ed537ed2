"""AppleTalk Address Resolution Protocol."""

from unwire.declare import Mac, Packet, field, length, raw, reading, u8, u16, when

_ETHERNET = "(hrd == 1 or hrd == 2) and hln == 6"
_APPLETALK = "pro == 0x809B and pln == 4"


class AARP(Packet, over={"ethertype": 0x80F3}):
    """AppleTalk Address Resolution Protocol"""

    hrd: u16 = field(1, "aarp.hard.type", base="hex")
    pro: u16 = field(0x809B, "aarp.proto.type", base="hex")
    hln: u8 = length(6, "aarp.hard.size", of="sha")
    pln: u8 = length(4, "aarp.proto.size", of="spa")
    op: u16 = field(1, "aarp.opcode", names={1: "request", 2: "reply", 3: "probe"})
    sha: bytes = raw("hln", bytes(6))
    src_mac: Mac = reading("sha", when(_ETHERNET, Mac), "aarp.src.hw_mac")
    spa: bytes = raw("pln", bytes(4))
    src_id: bytes = reading("spa", when(_APPLETALK, raw(4)), "aarp.src.proto_id")
    tha: bytes = raw("hln", bytes(6))
    dst_mac: Mac = reading("tha", when(_ETHERNET, Mac), "aarp.dst.hw_mac")
    tpa: bytes = raw("pln", bytes(4))
    dst_id: bytes = reading("tpa", when(_APPLETALK, raw(4)), "aarp.dst.proto_id")
