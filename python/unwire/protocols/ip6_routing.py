"""IPv6 routing header (RFC 8200 section 4.4): types 0 (RFC 5095, deprecated), 2 (RFC 6275) and 4 (segments, RFC 8754)."""

from typing import ClassVar

from unwire.declare import Ip6, bits, column, field, length, raw, reading, repeat, u8, u16, u32, when
from unwire.protocols.ip6 import IP6ExtensionHeader


class IP6RoutingHeader(IP6ExtensionHeader, name="ipv6.routing", over={"ip.proto": 43}, fold="IP6.all_extension_headers"):
    """Routing Header for IPv6"""

    __shown__: ClassVar[tuple[str, ...]] = ("addresses", "length")
    __hidden__: ClassVar[tuple[str, ...]] = ("body",)

    nxt: u8 = field(0, "ipv6.routing.nxt")
    # Units of eight octets, the first eight not counted.
    len: u8 = length(0, "ipv6.routing.len", of="header", value="max(size // 8 - 1, 0)")
    type: u8 = field(0, "ipv6.routing.type", names={0: "Source route", 2: "Mobile IPv6", 3: "RPL source route", 4: "Segment routing"})
    segs_left: u8 = field(0, "ipv6.routing.segleft")
    _rsvd_sl_bits: u32 = field(0)
    _rsvd: int = bits(8, 0)
    sl_bits: int = bits(24, 0)
    body: bytes = raw("8 * len", b"")
    addresses: list[bytes] = reading("body", repeat(Ip6, count="len // 2"))
    route: list[bytes] = reading("body", repeat(Ip6, count="len // 2 if type == 0 else 0"), "ipv6.routing.src.addr")
    home: list[bytes] = reading("body", repeat(Ip6, count="min(len // 2, 1) if type == 2 else 0"), "ipv6.routing.mipv6.home_address")
    # RFC 8754 section 2: the last entry's index stands where the others have a reserved octet.
    segments: list[bytes] = reading("body", repeat(Ip6, count="min(len // 2, _rsvd + 1) if type == 4 else 0"), "ipv6.routing.srh.addr")
    len_oct: u16 = column("8 * len + 8", "ipv6.routing.len_oct")
    last_entry: u8 = when("type == 4", column("_rsvd", "ipv6.routing.srh.last_entry"))
    srh_flags: u8 = when("type == 4", column("sl_bits >> 16", "ipv6.routing.srh.flags", base="hex"))

    @property
    def data(self) -> bytes:
        """The addresses as bytes."""
        return self.body[: 16 * (self.len // 2)]

    @property
    def length(self) -> int:
        """Return the header's size in octets."""
        return 8 * self.len + 8
