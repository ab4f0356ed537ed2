"""Controller Area Network frames as Linux's SocketCAN delivers them, classic and with flexible data rate (ISO 11898-1)."""

from unwire.declare import Packet, bits, column, field, length, payload, raw, u8, u16, u32, when


class CAN(Packet, over={"link": 227, "sll.ltype": 0x000C}):
    """Controller Area Network"""

    _flags_id: u32 = field(0)
    xtd: bool = bits(1, 0, "can.flags.xtd")
    rtr: bool = bits(1, 0, "can.flags.rtr")
    err: bool = bits(1, 0, "can.flags.err")
    id: u32 = bits(29, 0, "can.id")
    len: u8 = length(0, "can.len", of="data")
    fd_flags: u8 = field(0)
    res0: u8 = field(0)
    res1: u8 = field(0)
    data: bytes = payload("min(len, left)")
    padding: bytes = raw("left", b"", "can.padding")


class CANFD(CAN, name="canfd", over={"sll.ltype": 0x000D}):
    """Controller Area Network with flexible data rate"""
