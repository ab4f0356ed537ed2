"""Novell's Internetwork Packet Exchange."""

from unwire.declare import Mac, Packet, Part, by, field, length, raw, reading, u8, u16, u32


class IPXDestination(Part):
    """Network, node and socket of who shall get it."""

    net: u32 = field(0)
    node: Mac = field(bytes(6), "ipx.dst.node")
    socket: u16 = field(0, "ipx.dst.socket", base="hex")


class IPXSource(Part):
    """Network, node and socket of the sender."""

    net: u32 = field(0)
    node: Mac = field(bytes(6), "ipx.src.node")
    socket: u16 = field(0, "ipx.src.socket", base="hex")


class IPX(
    Packet,
    over={"eth.raw": 0xFFFF, "ethertype": 0x8137, "llc.dsap": (0x10, 0xE0), "ppp.protocol": 0x002B, "gre.proto": 0x8137},
    next=(by("pt", "ipx.packet_type"), by("peek(2, -14)", "ipx.socket"), by("peek(2, -2)", "ipx.socket")),
    size="len",
):
    """Internetwork Packet eXchange"""

    sum: u16 = field(0xFFFF, "ipx.checksum", base="hex")
    len: u16 = length(30, "ipx.len", of="layer")
    tc: u8 = field(0, "ipx.hops")
    pt: u8 = field(0, "ipx.packet_type", base="hex")
    dst: bytes = raw(12, b"")
    dst_parts: bytes = reading("dst", IPXDestination)
    src: bytes = raw(12, b"")
    src_parts: bytes = reading("src", IPXSource)
