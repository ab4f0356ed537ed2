"""GPRS Tunnelling Protocol: version 1 (3GPP TS 29.281 and 29.060), version 0 (GSM 09.60), GTP' (TS 32.295); version 2 is in gtpv2.py."""

from unwire.declare import Packet, Part, bits, by, field, length, raw, repeat, u8, u16, u32, when


class GTPExtension(Part, size="4 * len"):
    """An extension header (TS 29.281, 5.2): its length counts words, its last byte names the next."""

    len: u8 = length(1, "gtp.ext_hdr.length", of="part", value="size // 4")
    content: bytes = raw("4 * len - 2", bytes(2))
    next: u8 = field(0)


class GTP(
    Packet,
    over={"udp.port": (2123, 2152), "tcp.port": (2123, 2152)},
    when="peek(1) & 0xF0 == 0x30",
    next=by("peek(1) >> 4", "ip.version", when="message == 255 and (0x45 <= peek(1) and peek(1) <= 0x4E or peek(1) >> 4 == 6)"),
    service="gtpv1",
):
    """GPRS Tunnelling Protocol, version 1"""

    flags: u8 = field(0x30, "gtp.flags", base="hex")
    v: u8 = bits(3, 1, "gtp.flags.version")
    pt: u8 = bits(1, 1, "gtp.flags.payload")
    reserved: u8 = bits(1, 0, "gtp.flags.reserved")
    e: bool = bits(1, 0, "gtp.flags.e")
    s: bool = bits(1, 0, "gtp.flags.s")
    pn: bool = bits(1, 0, "gtp.flags.pn")
    message: u8 = field(255, "gtp.message", base="hex")
    len: u16 = length(0, "gtp.length", of="layer", value="size - 8")
    teid: u32 = field(0, "gtp.teid", base="hex")
    # TS 29.281, 5.1: any of the three flags brings all of the four bytes; those without their flag mean nothing.
    seq: u16 = when("s", field(0, "gtp.seq_number", base="hex"))
    _no_seq: u16 = when("flags & 7 and not s", field(0))
    npdu: u8 = when("pn", field(0, "gtp.npdu_number", base="hex"))
    _no_npdu: u8 = when("flags & 7 and not pn", field(0))
    next: u8 = when("e", field(0, "gtp.ext_hdr.next", base="hex"))
    _no_next: u8 = when("flags & 7 and not e", field(0))
    extensions: list[GTPExtension] = when("e and next", repeat(GTPExtension, until="item.next == 0"))


class GTP0(
    Packet,
    name="gtp",
    over={"udp.port": (2123, 2152), "tcp.port": (2123, 2152)},
    when="peek(1) >> 5 == 0",
    next=by("peek(1) >> 4", "ip.version", when="message == 255 and (0x45 <= peek(1) and peek(1) <= 0x4E or peek(1) >> 4 == 6)"),
    service="gtpv0",
):
    """GPRS Tunnelling Protocol, version 0"""

    flags: u8 = field(0x1E, "gtp.flags", base="hex")
    v: u8 = bits(3, 0, "gtp.flags.version")
    pt: u8 = bits(1, 1, "gtp.flags.payload")
    spare: u8 = bits(3, 7, "gtp.flags.reserved")
    snn: bool = bits(1, 0, "gtp.flags.snn")
    message: u8 = field(255, "gtp.message", base="hex")
    len: u16 = length(0, "gtp.length", of="layer", value="size - 20")
    seq: u16 = field(0, "gtp.seq_number", base="hex")
    flow: u16 = field(0, "gtp.flow_label", base="hex")
    sndcp: u8 = field(0xFF, "gtp.sndcp_number", base="hex")
    spare_bytes: bytes = raw("3", b"\xff" * 3)
    tid: bytes = raw("8", bytes(8))


class GTPCharging(Packet, name="gtp", over={"udp.port": (2123, 2152)}, when="peek(1) & 0xF0 == 0x20"):
    """GTP', the charging protocol: a short header without tunnel"""

    flags: u8 = field(0x2E, "gtp.flags", base="hex")
    v: u8 = bits(3, 1)
    pt: u8 = bits(1, 0, "gtp.flags.payload")
    spare: u8 = bits(3, 7, "gtp.flags.reserved")
    message: u8 = field(240, "gtp.message", base="hex")
    len: u16 = length(0, "gtp.length", of="layer", value="size - 6")
    seq: u16 = field(0, "gtp.seq_number", base="hex")


# On its own port Wireshark calls all of them GTP'.
class GTPPrimeCharging(GTPCharging, name="gtpprime", over={"udp.port": 3386}, when="peek(1) & 0xF0 == 0x20"):
    """GTP', charging"""


class GTPPrime0(GTP0, name="gtpprime", over={"udp.port": 3386}, when="peek(1) & 0xF0 == 0x10"):
    """GTP' in the header of version 0"""


class GTPPrime1(GTP, name="gtpprime", over={"udp.port": 3386}, when="peek(1) & 0xF0 == 0x30"):
    """GTP' in the header of version 1"""


class GTPShell(Packet, name="gtp", over={"udp.port": (2123, 2152), "tcp.port": (2123, 2152)}, when="peek(1) >> 5 == 2", next=by(2, "gtp.version")):
    """What frame.protocols has before version 2: no bytes of its own"""
