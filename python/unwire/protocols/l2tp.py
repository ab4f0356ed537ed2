"""Layer Two Tunneling Protocol, version 2 (RFC 2661) and version 3 over UDP (RFC 3931)."""

from unwire.declare import Packet, Part, bits, by, field, length, raw, repeat, u16, u32, when


class L2TPAVP(Part, size="len"):
    """An attribute of a control message (RFC 2661, 4.1)"""

    _bits_len: u16 = field(0x8006)
    mandatory: bool = bits(1, 1, "l2tp.avp.mandatory")
    hidden: bool = bits(1, 0, "l2tp.avp.hidden")
    _reserved: int = bits(4, 0)
    len: u16 = bits(10, 6, "l2tp.avp.length", of="part")
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
    len: u16 = when("l", length(0, "l2tp.length", of="layer"))
    tunnel: u16 = field(0, "l2tp.tunnel")
    session: u16 = field(0, "l2tp.session")
    ns: u16 = when("s", field(0, "l2tp.Ns"))
    nr: u16 = when("s", field(0, "l2tp.Nr"))
    offset: u16 = when("o", field(0, "l2tp.offset"))
    offset_pad: bytes = when("o", raw("offset", b""))
    avps: list[L2TPAVP] = when("t", repeat(L2TPAVP))


class L2TP3(Packet, name="l2tp", over={"udp.port": 1701}, size="len if t else left"):
    """Layer 2 Tunneling Protocol, version 3 (RFC 3931, 4.1.2): what a session carries was agreed on elsewhere"""

    flags: u16 = field(3, "l2tp.flags", base="hex")
    t: u16 = bits(1, 0, "l2tp.type")
    l: bool = bits(1, 0, "l2tp.length_bit")
    _r1: int = bits(2, 0)
    s: bool = bits(1, 0, "l2tp.seq_bit")
    _r2: int = bits(7, 0)
    v: u16 = bits(4, 3, "l2tp.version", must="v == 3")
    len: u16 = when("t", length(0, "l2tp.length", of="layer"))
    reserved: u16 = when("not t", field(0, "l2tp.res", base="hex"))
    ccid: u32 = when("t", field(0, "l2tp.ccid", base="hex"))
    session: u32 = when("not t", field(0, "l2tp.sid", base="hex"))
    ns: u16 = when("t", field(0, "l2tp.Ns"))
    nr: u16 = when("t", field(0, "l2tp.Nr"))
    avps: list[L2TPAVP] = when("t", repeat(L2TPAVP))


class L2TPoverIP(Packet, name="l2tp", over={"ip.proto": 115}):
    """Layer 2 Tunneling Protocol version 3, directly over IP (RFC 3931 section 4.1.1)"""

    # What follows, a cookie and a sublayer, was agreed on in signalling; 0 is a control message.
    session: u32 = field(0, "l2tp.sid", base="hex")
