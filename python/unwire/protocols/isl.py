"""Cisco's Inter-Switch Link: a tag of 26 octets before a whole Ethernet frame. Objects have it; columns show the outer header as that of an 802.3
frame, since a destination tells it, which no number space asks for, and asking every frame for its destination would cost all who have none.
"""

from typing import ClassVar

from unwire.declare import Mac, Packet, bits, by, column, field, flag, raw, u8, u16


class VLANtagISL(Packet, name="isl", next=by(1, "link"), fold="Ethernet.vlan_tags"):
    """Cisco ISL"""

    __leads__: ClassVar[bool] = True
    __header_only__: ClassVar[bool] = True

    # The destination has 40 bits; the octet that would be its sixth is the type and the priority.
    da: bytes = raw(5, b"\x01\x00\x0c\x00\x00")
    _type_pri: u8 = field(0x03)
    type: u8 = bits(4, 0, "isl.type")
    pri: u8 = bits(4, 3)
    user: u8 = column("pri & 3", "isl.user_eth")
    sa: Mac = field(b"", "isl.src", also="isl.addr")
    len: u16 = field(0, "isl.len")
    snap: bytes = raw(3, b"\xaa\xaa\x03")
    hsa: bytes = raw(3, b"\x00\x00\x0c")
    _id_bpdu: u16 = field(0)
    id: u16 = bits(15, 0, "isl.vlan_id")
    bpdu: flag = bits(1, 0, "isl.bpdu")
    indx: u16 = field(0, "isl.index")
    res: u16 = field(0, "isl.reserved", base="hex")
