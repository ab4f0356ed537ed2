"""IP Payload Compression Protocol (RFC 3173)."""

from unwire.declare import Packet, field, stop, u8, u16


class IPComp(Packet, over={"ip.proto": 108}, next=stop("opaque")):
    """IP Payload Compression"""

    nxt: u8 = field(0, "ipcomp.next_header", base="hex")
    flags: u8 = field(0, "ipcomp.flags", base="hex")
    cpi: u16 = field(0, "ipcomp.cpi", base="hex")
