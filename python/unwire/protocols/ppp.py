"""Point-to-Point Protocol (RFC 1661), with or without HDLC-like framing (RFC 1662)."""

from typing import Any, ClassVar

from unwire.declare import Numbers, Packet, by, column, field, switch, u8, u16, when


class PPPasHDLC(Packet, name="ppp", over={"link": (9, 50)}, when="peek(1) == 0x0F or peek(1) == 0x8F", next=by(104, "link")):
    """Point-to-Point Protocol"""


class PPP(
    Packet,
    over={"link": (9, 50), "ppp": 0, "l2tp.pw_type": 7, "gre.proto": (0x880B, 0x0021), "ethertype": 0x880B},
    when="peek(1) != 0x0F and peek(1) != 0x8F",
    next=(
        by("protocol", "ppp.protocol"),
        by("peek(2)", "eth.bcp", when="protocol == 0x31"),
    ),
):
    """Point-to-Point Protocol"""

    __header__: ClassVar[dict[str, str]] = {"addr": "B", "cntrl": "B", "p": "B"}
    _protosw: ClassVar[Numbers] = Numbers("ppp.protocol")

    # RFC 1661 section 6.6: address and control may be left out, and no protocol number begins like them.
    addr: u8 = when("peek(1) == 0xFF", field(0xFF, "ppp.address", base="hex"))
    cntrl: u8 = when("addr == 0xFF", field(0x03, "ppp.control", base="hex"))
    # RFC 1661 section 6.5: a protocol number's first byte is even, its last odd, so that a first odd byte is the whole number.
    p: u16 = switch("peek(1) & 1", {1: u8}, u16, initial=0x21)
    protocol: u16 = column("p", "ppp.protocol", base="hex")

    @classmethod
    def set_p(cls, p: int, pktclass: type) -> None:
        """Let a class answer to a protocol number, for packets read from now on."""
        cls._protosw[p] = pktclass

    @classmethod
    def get_p(cls, p: int) -> Any:
        """The class that answers to a protocol number."""
        return cls._protosw[p]
