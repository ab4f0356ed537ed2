"""Virtual eXtensible Local Area Network (RFC 7348) with the group policy of draft-smith-vxlan-group-policy."""

from unwire.declare import Packet, bits, by, field, u8, u16, u24


class VXLAN(Packet, over={"udp.port": 4789}, next=by(1, "link"), service="vxlan"):
    """Virtual eXtensible Local Area Network"""

    flags: u16 = field(0x0800, "vxlan.flags", base="hex")
    g: bool = bits(1, 0, "vxlan.flag_g")
    _r1: int = bits(3, 0)
    i: bool = bits(1, 1, "vxlan.flag_i")
    _r2: int = bits(4, 0)
    d: bool = bits(1, 0, "vxlan.flag_d")
    _r3: int = bits(2, 0)
    a: bool = bits(1, 0, "vxlan.flag_a")
    gbp: u16 = field(0, "vxlan.gbp")
    vni: u24 = field(0, "vxlan.vni")
    reserved: u8 = field(0, "vxlan.reserved8")
