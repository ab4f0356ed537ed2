"""Control And Provisioning of Wireless Access Points (RFC 5415): the preamble and the header before control and data messages."""

from unwire.declare import Packet, Part, bits, by, field, length, pad, raw, u8, u16, u24, u32, when


class RadioMac(Part):
    """The radio's address (RFC 5415, 4.3), padded to a word"""

    len: u8 = length(6, "capwap.header.mac.length", of="address")
    address: bytes = raw("len", bytes(6))
    _pad: bytes = pad(4)


class Wireless(Part):
    """Information on the wireless link, padded to a word"""

    len: u8 = length(4, "capwap.header.wireless.length", of="data")
    data: bytes = raw("len", bytes(4), "capwap.header.wireless.data")
    _pad: bytes = pad(4)


class CAPWAPSecured(Packet, name="capwap", over={"udp.port": 5246}, when="peek(1) & 15 == 1", next=by(1, "capwap.dtls")):
    """CAPWAP control under DTLS (RFC 5415, 4.2): a preamble, then records"""

    _preamble: u8 = field(1)
    v: u8 = bits(4, 0, "capwap.preamble.version")
    type: u8 = bits(4, 1, "capwap.preamble.type")
    reserved: u24 = field(0, "capwap.preamble.reserved")


class CAPWAP(Packet, over={"udp.port": 5246}, when="peek(1) & 15 == 0", next=by("wbid", "capwap.control")):
    """CAPWAP control in the clear, which is discovery"""

    _preamble: u8 = field(0)
    v: u8 = bits(4, 0, "capwap.preamble.version")
    type: u8 = bits(4, 0, "capwap.preamble.type")
    _header: u24 = field(0x100000)
    hlen: u32 = bits(5, 2, "capwap.header.length", of="header", value="size // 4")
    rid: u32 = bits(5, 0, "capwap.header.rid")
    wbid: u32 = bits(5, 1, "capwap.header.wbid")
    t: bool = bits(1, 0, "capwap.header.flags.t")
    f: bool = bits(1, 0, "capwap.header.flags.f")
    l: bool = bits(1, 0, "capwap.header.flags.l")
    w: bool = bits(1, 0, "capwap.header.flags.w")
    m: bool = bits(1, 0, "capwap.header.flags.m")
    k: bool = bits(1, 0, "capwap.header.flags.k")
    _flags: int = bits(3, 0)
    fragment: u16 = field(0, "capwap.header.fragment.id")
    _offset: u16 = field(0)
    offset: u16 = bits(13, 0, "capwap.header.fragment.offset")
    _reserved: int = bits(3, 0)
    mac: RadioMac = when("m", RadioMac)
    wireless: Wireless = when("w", Wireless)
    # The header's length is in words and may say more than its options take.
    rest: bytes = raw("max(4 * hlen - size + left, 0)", b"")


class CAPWAPDataSecured(CAPWAPSecured, name="capwap.data", over={"udp.port": 5247}, when="peek(1) & 15 == 1", next=by(1, "capwap.dtls")):
    """CAPWAP data under DTLS"""


class CAPWAPData(CAPWAP, name="capwap.data", over={"udp.port": 5247}, when="peek(1) & 15 == 0", next=by("wbid", "capwap.wbid", when="t and not f")):
    """CAPWAP data"""
