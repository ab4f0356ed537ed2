"""Open Shortest Path First version 2 (RFC 2328): header, messages, LSA headers. Version 3 lives in ospf3.py, bodies of LSAs in ospf_lsa.py."""

from unwire.declare import Ip4, Packet, Part, bits, by, checksum, column, field, length, raw, reading, repeat, u8, u16, u32
from unwire.protocols.ospf_lsa import LSA, LSAHeader

_TYPES = {1: "Hello", 2: "Database description", 3: "Link state request", 4: "Link state update", 5: "Link state acknowledgment"}


# A digest (RFC 2328 appendix D.4.3) follows the layer, its length not counted.
class OSPF(Packet, over={"ip.proto": 89}, when="v == 2", next=by("type", "ospf.msg"), size="len"):
    """Open Shortest Path First"""

    v: u8 = field(0, "ospf.version")
    type: u8 = field(0, "ospf.msg", names=_TYPES)
    # Without a version, as dpkt makes it, nothing is stated yet.
    len: u16 = length(0, "ospf.packet_length", of="layer", value="size if v else 0")
    router: u32 = field(0)
    area: u32 = field(0)
    # RFC 2328 section D.4: without the authentication, which is 0 where there is none.
    sum: u16 = checksum(0, how="inet")
    shown_sum: u16 = column("sum", "ospf.checksum", base="hex")
    atype: u16 = field(0, "ospf.auth.type", names={0: "None", 1: "Password", 2: "Cryptographic"})
    auth: bytes = raw(8, b"")
    router_id: Ip4 = reading("router", Ip4, "ospf.srcrouter")
    area_id: Ip4 = reading("area", Ip4, "ospf.area_id")


class OSPFHello(Packet, name=None, over={"ospf.msg": 1}):
    """Hello (appendix A.3.2)"""

    mask: Ip4 = field(bytes(4), "ospf.hello.network_mask")
    interval: u16 = field(10, "ospf.hello.hello_interval")
    options: u8 = field(0, "ospf.v2.options", base="hex")
    down: bool = bits(1, 0, "ospf.v2.options.dn")
    opaque: bool = bits(1, 0, "ospf.v2.options.o")
    demand: bool = bits(1, 0, "ospf.v2.options.dc")
    lls: bool = bits(1, 0, "ospf.v2.options.l")
    nssa: bool = bits(1, 0, "ospf.v2.options.n")
    multicast: bool = bits(1, 0, "ospf.v2.options.mc")
    external: bool = bits(1, 0, "ospf.v2.options.e")
    priority: u8 = field(1, "ospf.hello.router_priority")
    dead: u32 = field(40, "ospf.hello.router_dead_interval")
    designated: Ip4 = field(bytes(4), "ospf.hello.designated_router")
    backup: Ip4 = field(bytes(4), "ospf.hello.backup_designated_router")
    neighbors: list[bytes] = repeat(Ip4, "ospf.hello.active_neighbor", count="left // 4")


class OSPFDescription(Packet, name=None, over={"ospf.msg": 2}):
    """Database description (appendix A.3.3)"""

    mtu: u16 = field(1500, "ospf.db.interface_mtu")
    options: u8 = field(0, "ospf.v2.options", base="hex")
    down: bool = bits(1, 0, "ospf.v2.options.dn")
    opaque: bool = bits(1, 0, "ospf.v2.options.o")
    demand: bool = bits(1, 0, "ospf.v2.options.dc")
    lls: bool = bits(1, 0, "ospf.v2.options.l")
    nssa: bool = bits(1, 0, "ospf.v2.options.n")
    multicast: bool = bits(1, 0, "ospf.v2.options.mc")
    external: bool = bits(1, 0, "ospf.v2.options.e")
    flags: u8 = field(0, "ospf.dbd", base="hex")
    _reserved: u8 = bits(4, 0)
    resync: bool = bits(1, 0, "ospf.dbd.r")
    init: bool = bits(1, 0, "ospf.dbd.i")
    more: bool = bits(1, 0, "ospf.dbd.m")
    master: bool = bits(1, 0, "ospf.dbd.ms")
    sequence: u32 = field(0, "ospf.db.dd_sequence")
    lsas: list[LSAHeader] = repeat(LSAHeader, count="left // 20")


class OSPFWanted(Part):
    """An LSA asked for"""

    type: u32 = field(1)
    id: Ip4 = field(bytes(4), "ospf.link_state_id")
    router: Ip4 = field(bytes(4), "ospf.advrouter")
    wanted: u8 = column("type", "ospf.lsa")


class OSPFRequest(Packet, name=None, over={"ospf.msg": 3}):
    """Link state request (appendix A.3.4)"""

    wanted: list[OSPFWanted] = repeat(OSPFWanted, count="left // 12")


class OSPFUpdate(Packet, name=None, over={"ospf.msg": 4}):
    """Link state update (appendix A.3.5)"""

    count: u32 = length(0, of="lsas")
    lsas: list[LSA] = repeat(LSA, count="count")


class OSPFAcknowledgment(Packet, name=None, over={"ospf.msg": 5}):
    """Link state acknowledgment (appendix A.3.6)"""

    lsas: list[LSAHeader] = repeat(LSAHeader, count="left // 20")
