"""Controller Area Network frames as Linux's SocketCAN delivers them, classic and with flexible data rate (ISO 11898-1)."""

from unwire.declare import Packet, bits, column, field, length, payload, raw, u8, u32, when


class CAN(Packet, over={"link": 227}, when="size != 72"):
    """Controller Area Network"""

    _flags_id: u32 = field(0)
    xtd: int = bits(1, 0)
    rtr: int = bits(1, 0)
    err: int = bits(1, 0)
    id: u32 = bits(29, 0)
    len: u8 = length(0, "can.len", of="data")
    fd_flags: u8 = field(0)
    res0: u8 = field(0)
    res1: u8 = field(0)
    data: bytes = payload("min(len, left)")
    # An error message of the driver has classes of errors where others have the identifier (Linux, can/error.h).
    is_xtd: bool = when("not err", column("xtd", "can.flags.xtd"))
    is_rtr: bool = when("not err", column("rtr", "can.flags.rtr"))
    is_err: bool = column("err", "can.flags.err")
    # ISO 11898-1: a base identifier has 11 bits, an extended one 29.
    identifier: u32 = when("not err", column("id if xtd else id & 0x7FF", "can.id"))
    padding: bytes = when("left", raw("left", b"", "can.padding"))


# Wireshark names it like the classic one here.
class CANFD(Packet, name="can", over={"link": 227}, when="size == 72"):
    """Controller Area Network with flexible data rate"""

    _flags_id: u32 = field(0)
    xtd: int = bits(1, 0)
    _reserved: int = bits(2, 0)
    id: u32 = bits(29, 0)
    len: u8 = length(0, "can.len", of="data")
    fd_flags: u8 = field(0)
    res0: u8 = field(0)
    res1: u8 = field(0)
    data: bytes = payload("min(len, left)")
    is_xtd: bool = column("xtd", "can.flags.xtd")
    identifier: u32 = column("id if xtd else id & 0x7FF", "can.id")
    padding: bytes = when("left", raw("left", b"", "can.padding"))


class CookedCAN(CAN, name="can", over={"sll.ltype": 0x000C}, order="little"):
    """Controller Area Network"""

    # A cooked capture has the identifier in the byte order of the host that made it.
    _flags_id: u32 = field(0)


class CookedCANFD(CANFD, name="canfd", over={"sll.ltype": 0x000D}, order="little"):
    """Controller Area Network with flexible data rate"""

    _flags_id: u32 = field(0)
