"""Options of neighbour discovery: an open family over the number space ``icmpv6.opt.type`` (RFC 4861 section 4.6)."""

from unwire.declare import Ip6, Mac, Part, bits, by, field, length, pad, raw, reading, repeat, text, u8, u16, u32, when


# RFC 4861 section 4.6: lengths count eight octets; an option of length 0 is an error and ends the list.
class NDOption(Part, next=by("type", "icmpv6.opt.type"), size="8 * length if 8 * length <= left else 0"):
    """Neighbour discovery option"""

    type: u8 = field(0, "icmpv6.opt.type")
    length: u8 = length(1, "icmpv6.opt.length", of="part", value="size // 8")


class NDSourceLink(NDOption, over={"icmpv6.opt.type": 1}):
    """Source link-layer address"""

    address: bytes = raw("8 * length - 2", bytes(6))
    link: Mac = reading("address", when("length == 1", Mac), "icmpv6.opt.linkaddr")
    source: Mac = reading("address", when("length == 1", Mac), "icmpv6.opt.src_linkaddr")


class NDTargetLink(NDOption, over={"icmpv6.opt.type": 2}):
    """Target link-layer address"""

    address: bytes = raw("8 * length - 2", bytes(6))
    link: Mac = reading("address", when("length == 1", Mac), "icmpv6.opt.linkaddr")
    target: Mac = reading("address", when("length == 1", Mac), "icmpv6.opt.target_linkaddr")


class NDPrefix(NDOption, over={"icmpv6.opt.type": 3}):
    """Prefix information"""

    prefix_length: u8 = field(64, "icmpv6.opt.prefix.length")
    flags: u8 = field(0, "icmpv6.opt.prefix.flag", base="hex")
    on_link: bool = bits(1, 0, "icmpv6.opt.prefix.flag.l")
    autonomous: bool = bits(1, 0, "icmpv6.opt.prefix.flag.a")
    router: bool = bits(1, 0, "icmpv6.opt.prefix.flag.r")
    reserved: u8 = bits(5, 0, "icmpv6.opt.prefix.flag.reserved")
    valid: u32 = field(0, "icmpv6.opt.prefix.valid_lifetime")
    preferred: u32 = field(0, "icmpv6.opt.prefix.preferred_lifetime")
    _reserved: u32 = field(0)
    prefix: Ip6 = field(bytes(16), "icmpv6.opt.prefix")


class NDRedirected(NDOption, over={"icmpv6.opt.type": 4}):
    """Redirected header: the packet, as much of it as fits"""

    _reserved: bytes = raw(6, bytes(6))
    packet: bytes = raw("rest", b"")
    _fill: bytes = pad(8)


class NDMTU(NDOption, over={"icmpv6.opt.type": 5}):
    """MTU of the link"""

    _reserved: u16 = field(0)
    mtu: u32 = field(1280, "icmpv6.opt.mtu")


class NDAdvertInterval(NDOption, over={"icmpv6.opt.type": 7}):
    """Advertisement interval (RFC 6275 section 7.3)"""

    _reserved: u16 = field(0)
    interval: u32 = field(0, "icmpv6.opt.advertisement_interval")


class NDHomeAgent(NDOption, over={"icmpv6.opt.type": 8}):
    """Home agent information (RFC 6275 section 7.4)"""

    _reserved: u16 = field(0)
    preference: u16 = field(0, "icmpv6.opt.home_agent_preference")
    lifetime: u16 = field(0, "icmpv6.opt.home_agent_lifetime")


class NDNonce(NDOption, over={"icmpv6.opt.type": 14}):
    """Nonce (RFC 3971 section 5.3.2)"""

    nonce: bytes = raw("8 * length - 2", bytes(6), "icmpv6.opt.nonce")


class NDRoute(NDOption, over={"icmpv6.opt.type": 24}):
    """Route information (RFC 4191 section 2.3): of the prefix only the octets that count are sent"""

    prefix_length: u8 = field(0, "icmpv6.opt.prefix.length")
    flags: u8 = field(0, "icmpv6.opt.route_info.flag", base="hex")
    _reserved: u8 = bits(3, 0)
    preference: u8 = bits(2, 0, "icmpv6.opt.route_info.flag.route_preference")
    lifetime: u32 = field(0, "icmpv6.opt.route_lifetime")
    prefix: bytes = raw("rest", b"")


class NDRDNSS(NDOption, over={"icmpv6.opt.type": 25}):
    """Recursive DNS servers (RFC 8106 section 5.1)"""

    _reserved: u16 = field(0)
    lifetime: u32 = field(0, "icmpv6.opt.rdnss.lifetime")
    servers: list[bytes] = repeat(Ip6, "icmpv6.opt.rdnss", count="left // 16")


class NDDNSSL(NDOption, over={"icmpv6.opt.type": 31}):
    """DNS search list (RFC 8106 section 5.2), names as DNS writes them"""

    _reserved: u16 = field(0)
    lifetime: u32 = field(0, "icmpv6.opt.dnssl.lifetime")
    names: bytes = raw("rest", b"")
    _fill: bytes = pad(8)


class NDCaptivePortal(NDOption, over={"icmpv6.opt.type": 37}):
    """Captive portal (RFC 8910 section 2.3), an address padded with zeros"""

    uri: str = text("8 * length - 2", "", "icmpv6.opt.captive_portal")
    _fill: bytes = pad(8)
