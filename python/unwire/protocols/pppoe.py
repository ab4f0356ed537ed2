"""PPP over Ethernet (RFC 2516): discovery and session."""

from typing import ClassVar

from unwire.declare import Packet, Part, bits, by, column, field, length, raw, repeat, switch, text, u8, u16
from unwire.protocols import ppp

_CODES = {0x00: "session data", 0x07: "offer", 0x09: "initiation", 0x19: "request", 0x65: "confirmation", 0xA7: "termination"}


class PPPoE(
    Packet,
    name="pppoes",
    over={"ethertype": 0x8864, "link": 51},
    next=(by(0, "pppoe", when="code == 0"), by(0, "ppp", when="code == 0")),
    size="6 + len",
):
    """PPP-over-Ethernet Session"""

    _v_type: u8 = field(0x11)
    v: u8 = bits(4, 1, "pppoe.version")
    type: u8 = bits(4, 1, "pppoe.type")
    code: u8 = field(0, "pppoe.code", base="hex", names=_CODES)
    session: u16 = field(0, "pppoe.session_id", base="hex")
    len: u16 = length(0, "pppoe.payload_length", of="layer", value="size - 6")


class PPP(ppp.PPP, name="ppp", over={"pppoe": 0}, when="peek(1) != 0xFF", fresh=True):
    """Point-to-Point Protocol"""

    __header__: ClassVar[dict[str, str]] = {"p": "B"}

    p: u16 = switch("peek(1) & 1", {1: u8}, u16, initial=0x21)
    protocol: u16 = column("p", "ppp.protocol", base="hex")


class PPPoETag(Part, next=by("type", "pppoed.tag"), size="4 + len"):
    """A tag of a discovery packet."""

    type: u16 = field(0)
    len: u16 = length(0, of="part", value="size - 4")


class ServiceName(PPPoETag, over={"pppoed.tag": 0x0101}):
    """What the client asks for, or the concentrator offers."""

    value: str = text("len", "", "pppoed.tags.service_name")


class ACName(PPPoETag, over={"pppoed.tag": 0x0102}):
    """The access concentrator's name."""

    value: str = text("len", "", "pppoed.tags.ac_name")


class HostUniq(PPPoETag, over={"pppoed.tag": 0x0103}):
    """The client's own mark, sent back unchanged."""

    value: bytes = raw("len", b"", "pppoed.tags.host_uniq")


class ACCookie(PPPoETag, over={"pppoed.tag": 0x0104}):
    """The concentrator's mark, sent back unchanged."""

    value: bytes = raw("len", b"", "pppoed.tags.ac_cookie")


class RelaySessionId(PPPoETag, over={"pppoed.tag": 0x0110}):
    """The mark of a relay on the way."""

    value: bytes = raw("len", b"", "pppoed.tags.relay_session_id")


class ServiceNameError(PPPoETag, over={"pppoed.tag": 0x0201}):
    """The service asked for is not there."""

    value: str = text("len", "", "pppoed.tags.service_name_error")


class ACSystemError(PPPoETag, over={"pppoed.tag": 0x0202}):
    """The concentrator could not do it."""

    value: str = text("len", "", "pppoed.tags.ac_system_error")


class GenericError(PPPoETag, over={"pppoed.tag": 0x0203}):
    """Any other error."""

    value: str = text("len", "", "pppoed.tags.generic_error")


class PPPoEDiscovery(PPPoE, name="pppoed", over={"ethertype": 0x8863}, next=()):
    """PPP-over-Ethernet Discovery"""

    tags: list[PPPoETag] = repeat(PPPoETag, size="min(len, left)")
