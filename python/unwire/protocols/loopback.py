"""BSD loopback encapsulation (LINKTYPE_NULL, LINKTYPE_LOOP): an address family in the byte order of who wrote the capture."""

from typing import ClassVar

from unwire.declare import Packet, by, field, switch, u16, u32, u32_little

# IPv6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, 10 on Linux, 23 on Windows.
_NEXT = (
    by(4, "ip.version", when="family == 2", strict=True),
    by(6, "ip.version", when="family == 24 or family == 28 or family == 30 or family == 10 or family == 23", strict=True),
    by("family", "null.type"),
    # Reached only by who insists that this is the header: dpkt guesses then.
    by(1, "link", when="family > 0xFFFF"),
)
_FAMILIES = {2: "IP", 10: "IPv6", 23: "IPv6", 24: "IPv6", 28: "IPv6", 30: "IPv6"}


class Loopback(Packet, name="null", over={"link": (0, 108)}, when="peek(4) <= 0xFFFF or peek(2, 2) == 0", next=_NEXT):
    """Null/Loopback"""

    __header__: ClassVar[dict[str, str]] = {"family": "I"}

    family: u32 = switch("peek(4) <= 0xFFFF", {0: u32_little}, u32, "null.family", initial=0, names=_FAMILIES)


class LoopbackType(Packet, name="null", over={"link": (0, 108)}, when="peek(2) and peek(2, 2) >= 0x600", next=by("type", "ethertype")):
    """Null/Loopback"""

    # Some writers put an Ethernet type where the family's other half would be.
    _other: u16 = field(0)
    type: u16 = field(0x0800, "null.type", base="hex")
