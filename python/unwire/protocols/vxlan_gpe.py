"""Generic protocol extension for VXLAN (draft-ietf-nvo3-vxlan-gpe)."""

from unwire.declare import Packet, bits, by, field, u8, u16, u24


class VXLANGPE(
    Packet,
    # Wireshark names no layer for it.
    name=None,
    over={"udp.port": 4790},
    # The draft has protocol numbers of its own.
    next=(
        by(0x0800, "ethertype", when="p == 1"),
        by(0x86DD, "ethertype", when="p == 2"),
        by(1, "link", when="p == 3"),
        by(0x894F, "ethertype", when="p == 4"),
        by(0x8847, "ethertype", when="p == 5"),
    ),
):
    """Virtual eXtensible Local Area Network, Generic Protocol Extension"""

    _flags: u8 = field(0x0C)
    _r1: int = bits(2, 0)
    v: u8 = bits(2, 0, "vxlan.ver")
    i: u8 = bits(1, 1, "vxlan.i_bit")
    has_protocol: u8 = bits(1, 1, "vxlan.p_bit")
    _b: int = bits(1, 0)
    o: u8 = bits(1, 0, "vxlan.o_bit")
    reserved16: u16 = field(0, "vxlan.reserved_16")
    p: u8 = field(3, "vxlan.next_proto")
    vni: u24 = field(0, "vxlan.vni")
    reserved: u8 = field(0, "vxlan.reserved8")
