"""Service Location Protocol: the headers of version 1 (RFC 2165) and version 2 (RFC 2608) over UDP."""

from unwire.declare import Packet, bits, column, field, length, raw, text, u8, u16, u24


class SRVLOC1(Packet, name="srvloc", over={"udp.port": 427}):
    """Service Location Protocol, version 1"""

    v: u8 = field(1, "srvloc.version", must="v == 1")
    function: u8 = field(1, "srvloc.function")
    len: u16 = length(12, of="layer")
    flags: u8 = field(0, "srvloc.flags_v1", base="hex")
    overflow: bool = bits(1, 0, "srvloc.flags_v1.overflow")
    monolingual: bool = bits(1, 0, "srvloc.flags_v1.monolingual")
    url_auth: bool = bits(1, 0, "srvloc.flags_v1.url_auth")
    attribute_auth: bool = bits(1, 0, "srvloc.flags_v1.attribute_auth")
    fresh: bool = bits(1, 0, "srvloc.flags_v1.fresh")
    dialect: u8 = field(0)
    language: str = text("2", "en")
    encoding: u16 = field(3)
    xid: u16 = field(0)
    data: bytes = raw("rest", b"")
    pktlen: u24 = column("len", "srvloc.pktlen")


class SRVLOC2(Packet, name="srvloc", over={"udp.port": 427}):
    """Service Location Protocol, version 2"""

    v: u8 = field(2, "srvloc.version", must="v == 2")
    function: u8 = field(1, "srvloc.function")
    len: u24 = length(14, "srvloc.pktlen", of="layer")
    flags: u16 = field(0, "srvloc.flags_v2", base="hex")
    overflow: bool = bits(1, 0, "srvloc.flags_v2.overflow")
    fresh: bool = bits(1, 0, "srvloc.flags_v2.fresh")
    multicast: bool = bits(1, 0, "srvloc.flags_v2.reqmulti")
    extension: u24 = field(0, "srvloc.nextextoff")
    xid: u16 = field(0)
    language_len: u16 = length(2, "srvloc.langtaglen", of="language")
    language: str = text("language_len", "en", "srvloc.langtag")
    data: bytes = raw("rest", b"")
