"""Locator/ID Separation Protocol, data packets (RFC 9300)."""

from unwire.declare import Packet, bits, by, field, u8, u24, u32


class LISPData(Packet, name="lisp-data", over={"udp.port": 4341}, next=by("peek(1) >> 4", "ip.version")):
    """Locator/ID Separation Protocol (Data)"""

    flags: u8 = field(0, "lisp-data.flags", base="hex")
    n: bool = bits(1, 0, "lisp-data.flags.nonce")
    l: bool = bits(1, 0, "lisp-data.flags.lsb")
    e: bool = bits(1, 0, "lisp-data.flags.enr")
    v: bool = bits(1, 0, "lisp-data.flags.mv")
    i: bool = bits(1, 0, "lisp-data.flags.iid")
    nonce: u24 = field(0)
    locators: u32 = field(0)
