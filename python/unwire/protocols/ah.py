"""IP Authentication Header (RFC 4302). Over IPv6 it is an extension header: ip6_ipsec.py."""

from unwire.declare import Packet, by, field, length, raw, reading, u8, u16, u32


class AH(Packet, over={"ip.proto": 51}, when="len", next=by("nxt", "ip.proto")):
    """Authentication Header"""

    nxt: u8 = field(0, "ah.next_header")
    # RFC 4302 section 2.2: units of four octets, two of them not counted.
    len: u8 = length(0, "ah.length", of="header", value="size // 4 - 2")
    rsvd: u16 = field(0)
    spi: u32 = field(0, "ah.spi", base="hex")
    seq: u32 = field(0, "ah.sequence")
    auth: bytes = raw("max(4 * len - 4, 0)", b"", "ah.icv")
    reserved: bytes = reading("rsvd", raw("rest"), "ah.reserved")


class AHShort(AH, name="ah", over={"ip.proto": 51, "ipv6.nxt": 51}, when="not len", fold="IP6.all_extension_headers", fresh=True):
    """Authentication Header whose length leaves no room for the sequence number; seen in the wild"""

    nxt: u8 = field(0, "ah.next_header")
    len: u8 = field(0, "ah.length")
    rsvd: u16 = field(0)
    spi: u32 = field(0, "ah.spi", base="hex")
    reserved: bytes = reading("rsvd", raw("rest"), "ah.reserved")
