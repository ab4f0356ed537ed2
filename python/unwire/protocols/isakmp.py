"""Internet Security Association and Key Management Protocol (RFC 2408) and IKEv2 (RFC 7296): the header that both share."""

from unwire.declare import Packet, bits, field, length, raw, u8, u32


class ISAKMP(Packet, over={"udp.port": 500}, when="captured >= 28"):
    """Internet Security Association and Key Management Protocol"""

    ispi: bytes = raw("8", bytes(8), "isakmp.ispi")
    rspi: bytes = raw("8", bytes(8), "isakmp.rspi")
    next: u8 = field(1)
    version: u8 = field(0x20, "isakmp.version", base="hex")
    major: int = bits(4, 2)
    minor: int = bits(4, 0)
    exchange: u8 = field(34, "isakmp.exchangetype")
    flags: u8 = field(0, "isakmp.flags", base="hex")
    id: u32 = field(0, "isakmp.messageid", base="hex")
    len: u32 = length(28, "isakmp.length", of="layer", must="len >= 28")
    payloads: bytes = raw("rest", b"")
