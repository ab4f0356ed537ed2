"""Provider backbone bridges (IEEE 802.1ah): the service instance tag and the customer's frame behind it."""

from unwire.declare import Mac, Packet, bits, by, field, u16, u32


class IEEE8021ah(Packet, name="ieee8021ah", over={"ethertype": 0x88E7}, next=by("type", "ethertype", via="ethertype")):
    """IEEE 802.1ah"""

    _tci: u32 = field(0)
    pri: u32 = bits(3, 0, "ieee8021ah.priority")
    drop: u32 = bits(1, 0, "ieee8021ah.drop")
    nca: u32 = bits(1, 0, "ieee8021ah.nca")
    res1: u32 = bits(1, 0, "ieee8021ah.res1")
    res2: u32 = bits(2, 0, "ieee8021ah.res2")
    isid: u32 = bits(24, 0, "ieee8021ah.isid")
    dst: Mac = field(bytes(6), "ieee8021ah.cdst")
    src: Mac = field(bytes(6), "ieee8021ah.csrc")
    type: u16 = field(0x0800, "ieee8021ah.etype", base="hex")
