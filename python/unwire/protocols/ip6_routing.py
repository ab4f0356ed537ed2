"""IPv6 routing header (RFC 8200 section 4.4): types 0 (RFC 5095, deprecated), 2 (RFC 6275), 3 (RPL, RFC 6554) and 4 (segments, RFC 8754)."""

from ipaddress import IPv6Address
from typing import Any, ClassVar

from unwire.declare import Area, Ip6, Options, Part, Shown, bits, column, field, length, raw, reading, repeat, switch, u8, u16, u32, when
from unwire.protocols.ip6 import IP6ExtensionHeader
from unwire.protocols.ip6_segments import SegmentTLV, filling

# RFC 6554 section 3: addresses without the octets that they share with the destination; the last has a count of its own.
_SHORT, _LAST, _PAD = "(16 - (_rsvd >> 4))", "(16 - (_rsvd & 15))", "(sl_bits >> 20)"
_ITEM = f"{_SHORT} if left - {_PAD} > {_LAST} else {_LAST}"
_COUNT = f"max((8 * len - {_PAD} - {_LAST}) // {_SHORT} + 1, 0)"
# RFC 8754 section 2: the last entry's index stands where the others have a reserved octet.
_SEGMENTS = "min(len // 2, _rsvd + 1)"

#: Addresses as Python's; they are written as those, as text or as bytes.
ADDRESSES = Shown(
    lambda found: tuple(IPv6Address(bytes(one)) for one in found),
    lambda given: [one if isinstance(one, bytes) else IPv6Address(one).packed for one in given],
)


class _SegmentHead(Part):
    _flags: u16 = field(0)
    tag: bytes = raw(2, bytes(2), "ipv6.routing.srh.tag")


class IP6RoutingHeader(IP6ExtensionHeader, name="ipv6.routing", over={"ip.proto": 43}, fold="IP6.all_extension_headers", lends={"dst": "_final"}):
    """Routing Header for IPv6"""

    __shown__: ClassVar[tuple[str, ...]] = ("addresses", "length")
    __hidden__: ClassVar[tuple[str, ...]] = ("body", "tlvs")

    nxt: u8 = field(0, "ipv6.routing.nxt")
    # Units of eight octets, the first eight not counted.
    len: u8 = length(0, "ipv6.routing.len", of="header", value="max(size // 8 - 1, 0)")
    type: u8 = field(0, "ipv6.routing.type", names={0: "Source route", 2: "Mobile IPv6", 3: "RPL source route", 4: "Segment routing"})
    segs_left: u8 = field(0, "ipv6.routing.segleft")
    _rsvd_sl_bits: u32 = field(0)
    _rsvd: int = bits(8, 0)
    sl_bits: int = bits(24, 0)
    body: bytes = raw(f"16 * {_SEGMENTS} if type == 4 else 8 * len", b"")
    #: What stands behind the segments (RFC 8754 section 2.1).
    tlvs: bytes = raw(f"8 * len - 16 * {_SEGMENTS} if type == 4 else 0", b"")
    options: Options = reading(
        "tlvs", repeat(SegmentTLV), shown=Area(family=SegmentTLV, unit=8, filling=filling, padding=(0, 4), single=(0,), counted=0)
    )
    route: tuple[IPv6Address, ...] = reading("body", repeat(Ip6, count="len // 2 if type == 0 else 0"), "ipv6.routing.src.addr", shown=ADDRESSES)
    home: tuple[IPv6Address, ...] = reading(
        "body", repeat(Ip6, count="min(len // 2, 1) if type == 2 else 0"), "ipv6.routing.mipv6.home_address", shown=ADDRESSES
    )
    short: list[bytes] = reading("body", repeat(raw(_ITEM), count=f"{_COUNT} if type == 3 else 0"), "ipv6.routing.rpl.address")
    segments: tuple[IPv6Address, ...] = reading(
        "body", repeat(Ip6, count=f"{_SEGMENTS} if type == 4 else 0"), "ipv6.routing.srh.addr", shown=ADDRESSES
    )
    # RFC 8200 section 8.1: checksums are over the final destination, which is the last address of a route and the first of segments.
    _final: list[bytes] = reading(
        "body",
        repeat(
            raw(f"({_ITEM}) if type == 3 else 16"),
            count=f"(len // 2 if type == 0 else {_COUNT} if type == 3 else min(len // 2, 1) * (type == 2 or type == 4)) if segs_left else 0",
        ),
    )
    len_oct: u16 = column("8 * len + 8", "ipv6.routing.len_oct")
    cmpr_i: u8 = when("type == 3", column("_rsvd >> 4", "ipv6.routing.rpl.cmprI"))
    cmpr_e: u8 = when("type == 3", column("_rsvd & 15", "ipv6.routing.rpl.cmprE"))
    rpl_pad: u8 = when("type == 3", column("sl_bits >> 20", "ipv6.routing.rpl.pad"))
    rpl_reserved: u32 = when("type == 3", column("sl_bits & 0xFFFFF", "ipv6.routing.rpl.reserved"))
    addr_count: u16 = when("type == 3", column(_COUNT, "ipv6.routing.rpl.addr_count"))
    last_entry: u8 = when("type == 4", column("_rsvd", "ipv6.routing.srh.last_entry"))
    srh_flags: u8 = when("type == 4", column("sl_bits >> 16", "ipv6.routing.srh.flags", base="hex"))
    _head: Any = reading("_rsvd_sl_bits", switch("type", {4: _SegmentHead}))

    @property
    def data(self) -> bytes:
        """The addresses as bytes."""
        return (self.body + self.tlvs)[: 16 * (self.len // 2)]

    @property
    def addresses(self) -> list[bytes]:
        """All there is, sixteen octets at a time, as dpkt shows it."""
        data = self.data
        return [data[at : at + 16] for at in range(0, 16 * (self.len // 2), 16)]

    @addresses.setter
    def addresses(self, value: list[bytes]) -> None:
        self.body = b"".join(value)

    @property
    def length(self) -> int:
        """Return the header's size in octets."""
        return 8 * self.len + 8

    @classmethod
    def through(cls, segments: Any, **fields: Any) -> "IP6RoutingHeader":
        """Make a segment routing header: segments in the order of travel, which is the reverse of the one on the wire (RFC 8754 section 4.1)."""
        packed = [one if isinstance(one, bytes) else IPv6Address(one).packed for one in segments]
        if not 1 <= len(packed) <= 127:
            raise ValueError(f"a segment routing header has 1 to 127 segments, not {len(packed)}")
        given = {"type": 4, "segs_left": len(packed) - 1, "_rsvd": len(packed) - 1, "body": b"".join(reversed(packed)), **fields}
        return cls(**given)
