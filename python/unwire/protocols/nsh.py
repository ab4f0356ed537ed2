"""Network Service Header (RFC 8300)."""

from unwire.declare import Packet, bits, by, field, raw, u8, u16, u24


class NSH(
    Packet,
    over={"ethertype": 0x894F, "nsh.next_proto": 4},
    # RFC 8300, 2.2 has protocol numbers of its own.
    next=(
        by(0x0800, "ethertype", when="p == 1"),
        by(0x86DD, "ethertype", when="p == 2"),
        by(1, "link", when="p == 3"),
        by(0x8847, "ethertype", when="p == 5"),
        by("p", "nsh.next_proto"),
    ),
):
    """Network Service Header"""

    _v_len: u16 = field(0)
    v: u16 = bits(2, 0, "nsh.version")
    o: u16 = bits(1, 0, "nsh.Obit")
    c: u16 = bits(1, 0, "nsh.CBit")
    ttl: u16 = bits(6, 63, "nsh.ttl", base="hex")
    len: u16 = bits(6, 6, "nsh.length", of="header", value="size // 4")
    md: u8 = field(1, "nsh.mdtype")
    p: u8 = field(1, "nsh.nextproto")
    spi: u24 = field(0, "nsh.spi")
    si: u8 = field(255, "nsh.si")
    context: bytes = raw("4 * len - 8", bytes(16))
