"""IPv6 fragment header (RFC 8200 section 4.5)."""

from typing import ClassVar

from unwire.declare import bits, by, field, flag, stop, u8, u16, u32
from unwire.protocols.ip6 import IP6ExtensionHeader


class IP6FragmentHeader(
    IP6ExtensionHeader,
    name="ipv6.fraghdr",
    over={"ip.proto": 44},
    next=(by("nxt", "ipv6.nxt", when="frag_off == 0"), by("nxt", "ip.proto", when="frag_off == 0"), stop("fragment")),
    fragment="frag_off or m_flag",
    flow={"protocol": "nxt", "offset": "8 * frag_off", "more": "m_flag", "id": "id"},
    fold="IP6.all_extension_headers",
):
    """Fragment Header for IPv6"""

    __shown__: ClassVar[tuple[str, ...]] = ("length",)

    nxt: u8 = field(0, "ipv6.fraghdr.nxt")
    _resv: u8 = field(0, "ipv6.fraghdr.reserved_octet", base="hex")
    _frag_off_resv_m: u16 = field(0)
    frag_off: u16 = bits(13, 0, "ipv6.fraghdr.offset")
    _resv_bits: u16 = bits(2, 0, "ipv6.fraghdr.reserved_bits")
    m_flag: flag = bits(1, 0, "ipv6.fraghdr.more")
    id: u32 = field(0, "ipv6.fraghdr.ident", base="hex")

    @property
    def length(self) -> int:
        """Return the header's size in octets."""
        return 8
