"""PPP's Link Control Protocol (RFC 1661 section 5) and the network control protocols of the same shape (RFC 1332, RFC 5072)."""

from unwire.declare import Packet, Part, by, field, length, raw, repeat, u8, u16, u32, when

_CODES = {
    1: "Configure-Request", 2: "Configure-Ack", 3: "Configure-Nak", 4: "Configure-Reject", 5: "Terminate-Request", 6: "Terminate-Ack",
    7: "Code-Reject", 8: "Protocol-Reject", 9: "Echo-Request", 10: "Echo-Reply", 11: "Discard-Request", 12: "Identification",
}  # fmt: skip


class LCPOption(Part, next=by("type", "lcp.option"), size="len"):
    """A configuration option."""

    type: u8 = field(0, "lcp.opt.type")
    len: u8 = length(2, "lcp.opt.length", of="part")


class MRU(LCPOption, over={"lcp.option": 1}):
    """The largest packet that the sender can receive."""

    mru: u16 = field(1500, "lcp.opt.mru")


class AuthProtocol(LCPOption, over={"lcp.option": 3}):
    """The protocol by which the peer has to authenticate itself."""

    auth: u16 = field(0, "lcp.opt.auth_protocol", base="hex")


class MagicNumber(LCPOption, over={"lcp.option": 5}):
    """A random number by which a looped link shows."""

    magic: u32 = field(0, "lcp.opt.magic_number", base="hex")


class LCP(Packet, over={"ppp.protocol": 0xC021}, size="len"):
    """PPP Link Control Protocol"""

    code: u8 = field(1, "ppp.code", names=_CODES)
    id: u8 = field(0, "ppp.identifier")
    len: u16 = length(4, "ppp.length", of="layer")
    opts: list[LCPOption] = when("1 <= code <= 4", repeat(LCPOption))
    magic: u32 = when("9 <= code <= 12", field(0, "lcp.magic_number", base="hex"))
    data: bytes = raw("rest", b"")
