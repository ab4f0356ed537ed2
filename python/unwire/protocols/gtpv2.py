"""GPRS Tunnelling Protocol for the control plane, version 2 (3GPP TS 29.274): its header."""

from unwire.declare import Packet, bits, by, field, length, raw, u8, u16, u24, u32, when


class GTPv2(Packet, over={"gtp.version": 2}, next=by(1, "gtpv2.piggybacked", when="p")):
    """GPRS Tunnelling Protocol, version 2"""

    flags: u8 = field(0x48, "gtpv2.flags", base="hex")
    v: u8 = bits(3, 2, "gtpv2.version")
    p: u8 = bits(1, 0, "gtpv2.p")
    t: u8 = bits(1, 1, "gtpv2.t")
    _spare: int = bits(3, 0)
    message: u8 = field(1, "gtpv2.message_type")
    # TS 29.274, 5.1: what follows the first four bytes.
    len: u16 = length(8, "gtpv2.msg_length", of="header", value="size - 4")
    teid: u32 = when("t", field(0, "gtpv2.teid", base="hex"))
    seq: u24 = field(0, "gtpv2.seq", base="hex")
    spare: u8 = field(0)
    elements: bytes = raw("len - (8 if t else 4)", b"")


class GTPv2Piggybacked(GTPv2, name=None, over={"gtpv2.piggybacked": 1}):
    """A second message in the same datagram (TS 29.274, 5.5.1)"""
