"""Neighbour discovery for IPv6 (RFC 4861), messages of ICMPv6. Its options live in nd_options.py."""

from unwire.declare import Ip6, Packet, bits, field, raw, repeat, u8, u16, u32
from unwire.protocols.nd_options import NDOption


class RouterSolicit(Packet, name=None, over={"icmpv6.type": 133}):
    """Router solicitation"""

    reserved: bytes = raw(4, bytes(4), "icmpv6.reserved")
    options: list[NDOption] = repeat(NDOption)


class RouterAdvert(Packet, name=None, over={"icmpv6.type": 134}):
    """Router advertisement (RFC 4861 section 4.2; preference RFC 4191, home agent RFC 6275)"""

    hop_limit: u8 = field(0, "icmpv6.nd.ra.cur_hop_limit")
    flags: u8 = field(0, "icmpv6.nd.ra.flag", base="hex")
    managed: bool = bits(1, 0, "icmpv6.nd.ra.flag.m")
    other: bool = bits(1, 0, "icmpv6.nd.ra.flag.o")
    home_agent: bool = bits(1, 0, "icmpv6.nd.ra.flag.h")
    preference: u8 = bits(2, 0, "icmpv6.nd.ra.flag.prf", names={0: "Medium", 1: "High", 2: "Reserved", 3: "Low"})
    proxy: bool = bits(1, 0, "icmpv6.nd.ra.flag.p")
    reserved: u8 = bits(2, 0, "icmpv6.nd.ra.flag.rsv")
    lifetime: u16 = field(0, "icmpv6.nd.ra.router_lifetime")
    reachable: u32 = field(0, "icmpv6.nd.ra.reachable_time")
    retransmit: u32 = field(0, "icmpv6.nd.ra.retrans_timer")
    options: list[NDOption] = repeat(NDOption)


class NeighborSolicit(Packet, name=None, over={"icmpv6.type": 135}):
    """Neighbor solicitation"""

    reserved: bytes = raw(4, bytes(4), "icmpv6.reserved")
    target: Ip6 = field(bytes(16), "icmpv6.nd.ns.target_address")
    options: list[NDOption] = repeat(NDOption)


class NeighborAdvert(Packet, name=None, over={"icmpv6.type": 136}):
    """Neighbor advertisement"""

    flags: u32 = field(0, "icmpv6.nd.na.flag", base="hex")
    router: bool = bits(1, 0, "icmpv6.nd.na.flag.r")
    solicited: bool = bits(1, 0, "icmpv6.nd.na.flag.s")
    override: bool = bits(1, 0, "icmpv6.nd.na.flag.o")
    reserved: u32 = bits(29, 0, "icmpv6.nd.na.flag.rsv")
    target: Ip6 = field(bytes(16), "icmpv6.nd.na.target_address")
    options: list[NDOption] = repeat(NDOption)


class NeighborRedirect(Packet, name=None, over={"icmpv6.type": 137}):
    """Redirect"""

    reserved: bytes = raw(4, bytes(4), "icmpv6.reserved")
    target: Ip6 = field(bytes(16), "icmpv6.nd.rd.target_address")
    destination: Ip6 = field(bytes(16), "icmpv6.rd.na.destination_address")
    options: list[NDOption] = repeat(NDOption)
