"""Link state advertisements of OSPF version 2 (RFC 2328 appendix A.4): an open family over the number space ``ospf.lsa``."""

from unwire.declare import Ip4, Part, bits, by, field, length, repeat, u8, u16, u32

_LSA = {1: "Router", 2: "Network", 3: "Summary (network)", 4: "Summary (ASBR)", 5: "AS external", 7: "NSSA external"}


class LSAHeader(Part):
    """A header alone, as descriptions and acknowledgments list them"""

    _age: u16 = field(0)
    donotage: u16 = bits(1, 0, "ospf.lsa.donotage")
    age: u16 = bits(15, 0, "ospf.lsa.age")
    options: u8 = field(0)
    type: u8 = field(1, "ospf.lsa", names=_LSA)
    id: Ip4 = field(bytes(4), "ospf.lsa.id")
    router: Ip4 = field(bytes(4), "ospf.advrouter")
    sequence: u32 = field(0x80000001, "ospf.lsa.seqnum", base="hex")
    sum: u16 = field(0, "ospf.lsa.chksum", base="hex")
    len: u16 = field(20, "ospf.lsa.length")


class LSA(Part, next=by("type", "ospf.lsa"), size="len"):
    """Link state advertisement"""

    _age: u16 = field(0)
    donotage: u16 = bits(1, 0, "ospf.lsa.donotage")
    age: u16 = bits(15, 0, "ospf.lsa.age")
    options: u8 = field(0)
    type: u8 = field(1, "ospf.lsa", names=_LSA)
    id: Ip4 = field(bytes(4), "ospf.lsa.id")
    router: Ip4 = field(bytes(4), "ospf.advrouter")
    sequence: u32 = field(0x80000001, "ospf.lsa.seqnum", base="hex")
    sum: u16 = field(0, "ospf.lsa.chksum", base="hex")
    len: u16 = length(20, "ospf.lsa.length", of="part")


class RouterLink(Part):
    """A link of a router; metrics of types of service follow the first"""

    id: Ip4 = field(bytes(4), "ospf.lsa.router.linkid")
    data: Ip4 = field(bytes(4), "ospf.lsa.router.linkdata")
    type: u8 = field(1, "ospf.lsa.router.linktype")
    count: u8 = length(0, "ospf.lsa.router.nummetrics", of="others")
    metric: u16 = field(0, "ospf.lsa.router.metric0")
    others: list[int] = repeat(u32, count="count")


class RouterLSA(LSA, over={"ospf.lsa": 1}):
    """Router: its links in an area"""

    flags: u8 = field(0, "ospf.v2.router.lsa.flags", base="hex")
    _reserved: u8 = field(0)
    count: u16 = length(0, of="links")
    links: list[RouterLink] = repeat(RouterLink, count="count")


class NetworkLSA(LSA, over={"ospf.lsa": 2}):
    """Network: the routers on it"""

    mask: Ip4 = field(bytes(4), "ospf.lsa.network.netmask")
    routers: list[bytes] = repeat(Ip4, "ospf.lsa.network.attchrtr", count="left // 4")
