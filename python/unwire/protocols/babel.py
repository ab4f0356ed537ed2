"""Babel Routing Protocol (RFC 8966): the header and its TLVs, whose values stay bytes."""

from unwire.declare import Packet, Part, field, length, raw, repeat, u8, u16, when


class BabelTLV(Part):
    """A TLV (RFC 8966, 4.3); Pad1 has no length."""

    type: u8 = field(0, "babel.message.type")
    len: u8 = when("type", length(0, "babel.message.length", of="body"))
    body: bytes = raw("len", b"")


class Babel(Packet, over={"udp.port": 6696}):
    """Babel Routing Protocol"""

    magic: u8 = field(42, "babel.magic", must="magic == 42")
    version: u8 = field(2, "babel.version")
    len: u16 = length(0, "babel.bodylen", of="tlvs")
    tlvs: list[BabelTLV] = repeat(BabelTLV, size="len")
    # RFC 8967, 4.1: what authenticates the packet stands behind its body, as TLVs too.
    trailer: list[BabelTLV] = repeat(BabelTLV)
