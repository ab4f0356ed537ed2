"""Diagnostic communication over IP (ISO 13400-2): its header."""

from unwire.declare import Packet, by, field, length, u8, u16, u32


class DoIP(Packet, over={"udp.port": 13400, "tcp.port": 13400}, next=by("type", "doip.type")):
    """DoIP (ISO 13400) Protocol"""

    version: u8 = field(2, "doip.version", base="hex")
    # ISO 13400-2, 7.1.1: the inverse proves the version.
    inverse: u8 = field(0xFD, "doip.inverse", base="hex", must="version ^ inverse == 0xFF")
    type: u16 = field(0, "doip.type", base="hex")
    len: u32 = length(0, "doip.length", of="layer", value="size - 8")
