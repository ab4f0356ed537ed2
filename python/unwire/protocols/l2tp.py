"""Layer Two Tunneling Protocol, version 2 (RFC 2661)."""

from unwire.declare import Packet, Part, bits, by, field, raw, repeat, u16, when


class L2TPAVP(Part, size="len"):
    """An attribute of a control message (RFC 2661, 4.1)"""

    _bits_len: u16 = field(0x8006)
    mandatory: bool = bits(1, 1, "l2tp.avp.mandatory")
    hidden: bool = bits(1, 0, "l2tp.avp.hidden")
    _reserved: int = bits(4, 0)
    len: u16 = bits(10, 6, "l2tp.avp.length")
    vendor: u16 = field(0, "l2tp.avp.vendor_id")
    type: u16 = field(0, "l2tp.avp.type")
    data: bytes = raw("len - 6", b"")


class L2TP(
    Packet,
    over={"udp.port": 1701},
    # Sessions of version 2 carry PPP: number 7 among the pseudowire types of version 3.
    next=by(7, "l2tp.pw_type", when="not t"),
    size="len if l else left",
):
    """Layer 2 Tunneling Protocol"""

    flags: u16 = field(2, "l2tp.flags", base="hex")
    t: u16 = bits(1, 0, "l2tp.type")
    l: bool = bits(1, 0, "l2tp.length_bit")
    _r1: int = bits(2, 0)
    s: bool = bits(1, 0, "l2tp.seq_bit")
    _r2: int = bits(1, 0)
    o: bool = bits(1, 0, "l2tp.offset_bit")
    p: bool = bits(1, 0, "l2tp.priority")
    _r3: int = bits(4, 0)
    v: u16 = bits(4, 2, "l2tp.version", must="v == 2")
    len: u16 = when("l", field(0, "l2tp.length"))
    tunnel: u16 = field(0, "l2tp.tunnel")
    session: u16 = field(0, "l2tp.session")
    ns: u16 = when("s", field(0, "l2tp.Ns"))
    nr: u16 = when("s", field(0, "l2tp.Nr"))
    offset: u16 = when("o", field(0, "l2tp.offset"))
    offset_pad: bytes = when("o", raw("offset", b""))
    avps: list[L2TPAVP] = when("t", repeat(L2TPAVP))
