"""Authentication Header (RFC 4302), over IPv4 and as an extension header of IPv6."""

from unwire.declare import Packet, by, field, length, raw, u8, u16, u32


class AH(Packet, over={"ip.proto": 51}, next=by("nxt", "ip.proto"), info="AH (SPI={spi})"):
    """Authentication Header"""

    nxt: u8 = field(0, "ah.next_header")
    # RFC 4302, 2.2: in words of 4 bytes, less 2.
    len: u8 = length(0, of="header", value="size // 4 - 2")
    rsvd: u16 = field(0)
    spi: u32 = field(0, "ah.spi", base="hex")
    seq: u32 = field(0, "ah.sequence")
    auth: bytes = raw("max(4 * len - 4, 0)", b"", "ah.icv")
