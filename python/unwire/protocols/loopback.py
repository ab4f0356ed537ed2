"""BSD loopback encapsulation (LINKTYPE_NULL, LINKTYPE_LOOP): an address family in the byte order of who wrote the capture."""

from unwire.declare import Packet, by, field, u16, u32

AF_INET = 2
#: NetBSD and OpenBSD, FreeBSD, macOS, Linux and Windows.
AF_INET6 = (24, 28, 30, 10, 23)

_NEXT = (
    by(4, "ip.version", when="family == 2"),
    by(6, "ip.version", when="family == 24 or family == 28 or family == 30 or family == 10 or family == 23"),
    by("family", "null.type"),
)
_FAMILIES = {2: "IP", 10: "IPv6", 23: "IPv6", 24: "IPv6", 28: "IPv6", 30: "IPv6"}


class Loopback(Packet, name="null", over={"link": (0, 108)}, when="peek(4) <= 0xFFFF", next=_NEXT):
    """Null/Loopback"""

    family: u32 = field(0, "null.family", names=_FAMILIES)


class LoopbackLittle(Packet, name="null", over={"link": (0, 108)}, when="peek(4) > 0xFFFF and peek(2, 2) == 0", order="little", next=_NEXT):
    """Null/Loopback"""

    family: u32 = field(0, "null.family", names=_FAMILIES)


class LoopbackType(Packet, name="null", over={"link": (0, 108)}, when="peek(2) and peek(2, 2) >= 0x600", next=by("type", "ethertype")):
    """Null/Loopback"""

    # Some writers put an Ethernet type where the family's other half would be.
    _other: u16 = field(0)
    type: u16 = field(0x0800, "null.type", base="hex")
