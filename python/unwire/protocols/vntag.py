"""VN-Tag (Cisco's proposal to IEEE 802.1Qbh): which virtual interface a frame comes from and goes to."""

from unwire.declare import Packet, bits, by, field, u16, u32


class VNTag(Packet, name="vntag", over={"ethertype": 0x8926}, next=by("type", "ethertype", via="ethertype")):
    """VN-Tag"""

    _tag: u32 = field(0)
    dir: bool = bits(1, 0, "vntag.dir")
    ptr: bool = bits(1, 0, "vntag.ptr")
    dst: u32 = bits(14, 0, "vntag.dst")
    looped: bool = bits(1, 0, "vntag.looped")
    r: u32 = bits(1, 0, "vntag.r")
    version: u32 = bits(2, 0, "vntag.version")
    src: u32 = bits(12, 0, "vntag.src")
    type: u16 = field(0x0800, "vntag.etype", base="hex")
