"""Anything in Anything (draft-massar-v6ops-ayiya-02), once used by tunnel brokers for IPv6."""

from unwire.declare import Packet, bits, by, field, raw, u8, u32


class AYIYA(Packet, over={"udp.port": 5072}, next=by("nxt", "ip.proto", when="opcode == 1"), service="ayiya"):
    """Anything in Anything Protocol"""

    _id: u8 = field(0x41)
    idlen: u8 = bits(4, 4, "ayiya.idlen", base="hex")
    idtype: u8 = bits(4, 1, "ayiya.idtype", base="hex")
    _sig: u8 = field(0x52)
    siglen: u8 = bits(4, 5, "ayiya.siglen", base="hex")
    hash: u8 = bits(4, 2, "ayiya.hashmethod", base="hex")
    _auth: u8 = field(0x11)
    auth: u8 = bits(4, 1, "ayiya.authmethod", base="hex")
    opcode: u8 = bits(4, 1, "ayiya.opcode", base="hex")
    nxt: u8 = field(41, "ayiya.nextheader", base="hex")
    epoch: u32 = field(0)
    # The identity's size is a power of two, the signature's in words.
    identity: bytes = raw("1 << idlen", b"", "ayiya.identity")
    signature: bytes = raw("4 * siglen", b"", "ayiya.signature")
