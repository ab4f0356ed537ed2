"""Ethernet within IP (RFC 3378)."""

from unwire.declare import Packet, bits, by, field, u16


class EtherIP(Packet, over={"ip.proto": 97}, next=by(1, "link")):
    """Ethernet over IP"""

    _v_rsvd: u16 = field(0x3000)
    v: u16 = bits(4, 3, "etherip.ver")
    rsvd: u16 = bits(12, 0, "etherip.reserved", base="hex")
