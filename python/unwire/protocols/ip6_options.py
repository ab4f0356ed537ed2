"""IPv6 hop-by-hop and destination options headers (RFC 8200 sections 4.3 and 4.6), and the options in them: an open family."""

from typing import ClassVar

from unwire.declare import Area, Ip6, OptionFace, Options, Part, bits, by, column, field, length, payload, raw, reading, repeat, u8, u16, u32, when
from unwire.protocols.ip6 import IP6ExtensionHeader


# One that claims more than the header has left is no option (size 0 fails), nor is anything behind it.
class IP6Option(
    OptionFace, Part, next=by("type", "ipv6.opt.type"), size="(1 if type == 0 else 2 + length) if type == 0 or 2 + length <= left else 0"
):
    """IPv6 option"""

    type: u8 = field(1, "ipv6.opt.type", base="hex")
    # RFC 8200 section 4.2: what a node does that does not know the option, and whether it may change on the way.
    action: u8 = when("type", column("type >> 6", "ipv6.opt.type.action"))
    change: bool = when("type", column("type >> 5 & 1", "ipv6.opt.type.change"))
    rest: u8 = when("type", column("type & 31", "ipv6.opt.type.rest", base="hex"))
    length: u8 = when("type", length(0, "ipv6.opt.length", of="part", value="size - 2"))


class IP6OptionUnknown(IP6Option, stands="other"):
    """An option that nobody decodes"""

    data: bytes = raw("left", b"")


class IP6OptionBad(IP6Option, stands="bad"):
    """An option that is not as its rule says; `reason` tells"""

    data: bytes = raw("left", b"")


class IP6OptionCut(IP6Option, stands="cut", fresh=True, size="left"):
    """What is left where an option claims more than there is"""

    __shown_as__: ClassVar[type] = IP6OptionBad

    type: u8 = field(0)
    action: u8 = column("type >> 6")
    change: bool = column("type >> 5 & 1")
    rest: u8 = column("type & 31")
    length: u8 = when("left", field(0))
    data: bytes = raw("left", b"")


class IP6Pad1(IP6Option, over={"ipv6.opt.type": 0}):
    """One octet of padding"""


class IP6PadN(IP6Option, over={"ipv6.opt.type": 1}):
    """Two octets of padding or more"""

    padding: bytes = raw("length", b"", "ipv6.opt.padn")


class IP6TunnelLimit(IP6Option, over={"ipv6.opt.type": 0x04}):
    """Tunnel encapsulation limit (RFC 2473 section 4.1.1)"""

    limit: u8 = field(0, "ipv6.opt.tel", expect="size == 3")


class IP6RouterAlert(IP6Option, over={"ipv6.opt.type": 0x05}):
    """Router alert (RFC 2711)"""

    value: u16 = field(0, "ipv6.opt.router_alert", expect="size == 4")


class IP6QuickStart(IP6Option, over={"ipv6.opt.type": 0x26}):
    """Quick-Start (RFC 4782 section 3.1)"""

    _function_rate: u8 = field(0)
    function: u8 = bits(4, 0, "ipv6.opt.qs_func")
    rate: u8 = bits(4, 0, "ipv6.opt.qs_rate")
    ttl: u8 = field(0)
    _nonce: u32 = field(0)
    nonce: u32 = bits(30, 0, "ipv6.opt.qs_nonce", base="hex")
    reserved: u32 = bits(2, 0, "ipv6.opt.qs_reserved", base="hex", expect="size == 8")


class IP6Metrics(IP6Option, over={"ipv6.opt.type": 0x0F}):
    """Performance and diagnostic metrics (RFC 8250 section 3.2)"""

    scale_last_received: u8 = field(0, "ipv6.opt.pdm.scale_dtlr")
    scale_last_sent: u8 = field(0, "ipv6.opt.pdm.scale_dtls")
    this_packet: u16 = field(0, "ipv6.opt.pdm.psn_this_pkt")
    last_received: u16 = field(0, "ipv6.opt.pdm.psn_last_recv")
    delta_last_received: u16 = field(0, "ipv6.opt.pdm.delta_last_recv")
    delta_last_sent: u16 = field(0, "ipv6.opt.pdm.delta_last_sent", expect="size == 12")


class IP6Jumbo(IP6Option, over={"ipv6.opt.type": 0xC2}):
    """Jumbo payload length (RFC 2675)"""

    jumbo: u32 = field(0, "ipv6.opt.jumbo", expect="size == 6")


class IP6HomeAddress(IP6Option, over={"ipv6.opt.type": 0xC9}, value="address"):
    """Home address (RFC 6275 section 6.3)"""

    address: Ip6 = field(bytes(16), "ipv6.opt.mipv6.home_address", expect="size == 18")


def _filling(missing: int) -> bytes:
    # RFC 8200 section 4.2: one octet has an option of its own.
    return bytes(missing) if missing == 1 else bytes([1, missing - 2]) + bytes(missing - 2)


class IP6PlainOption(Part, size="2 + length if type else 1"):
    """IPv6 option of any type"""

    type: u8 = field(1)
    length: u8 = when("type", length(0, of="part", value="size - 2"))
    data: bytes = payload("left")


class IP6OptsHeader(IP6ExtensionHeader, name=None, fold="IP6.all_extension_headers"):
    """A header full of options"""

    __shown__: ClassVar[tuple[str, ...]] = ("length", "options")
    __hidden__: ClassVar[tuple[str, ...]] = ("opts",)

    nxt: u8 = field(0)
    # Units of eight octets, the first eight not counted.
    len: u8 = length(0, of="header", value="max(size // 8 - 1, 0)")
    opts: bytes = raw("8 * len + 6", whole=True)
    opts_plain: list[IP6PlainOption] = reading("opts", repeat(IP6PlainOption))
    #: `options` has dpkt's dictionaries.
    opts_typed: Options = reading(
        "opts", repeat(IP6Option), shown=Area(family=IP6Option, unit=8, start=2, most=2046, filling=_filling, padding=(0, 1), single=(0,), counted=0)
    )

    @property
    def data(self) -> bytes:
        """The options as bytes, padding included."""
        return self.opts

    @property
    def length(self) -> int:
        """Return the header's size in octets."""
        return 8 * self.len + 8

    @property
    def options(self) -> list[dict[str, int | bytes]]:
        """Return dpkt's view of the options: the padding left out, the others as dictionaries."""
        return [{"type": one.type, "opt_length": one.length, "data": one.data} for one in self.opts_plain if one.type > 1]


class IP6HopOptsHeader(IP6OptsHeader, name="ipv6.hopopts", over={"ip.proto": 0}, fold="IP6.all_extension_headers"):
    """IPv6 Hop-by-Hop Option"""

    nxt: u8 = field(0, "ipv6.hopopts.nxt")
    len: u8 = length(0, "ipv6.hopopts.len", of="header", value="max(size // 8 - 1, 0)")
    len_oct: u16 = column("8 * len + 8", "ipv6.hopopts.len_oct")


# RFC 6275 section 11.3.1: what is behind a home address is summed as if it came from there.
class IP6DstOptsHeader(IP6OptsHeader, name="ipv6.dstopts", over={"ip.proto": 60}, fold="IP6.all_extension_headers", lends={"src": "opts_typed"}):
    """Destination Options for IPv6"""

    nxt: u8 = field(0, "ipv6.dstopts.nxt")
    len: u8 = length(0, "ipv6.dstopts.len", of="header", value="max(size // 8 - 1, 0)")
    len_oct: u16 = column("8 * len + 8", "ipv6.dstopts.len_oct")
