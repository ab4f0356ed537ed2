"""Open Shortest Path First version 3, for IPv6 (RFC 5340): header, messages, LSA headers."""

from unwire.declare import Ip4, Packet, Part, bits, by, column, field, length, raw, reading, repeat, u8, u16, u24, u32
from unwire.protocols.ospf import OSPF

_TYPES = {1: "Hello", 2: "Database description", 3: "Link state request", 4: "Link state update", 5: "Link state acknowledgment"}


class OSPF3(OSPF, name="ospf", over={"ip.proto": 89}, when="v == 3", next=by("type", "ospf.v3.msg"), size="len", fresh=True):
    """Open Shortest Path First, version 3"""

    v: u8 = field(3, "ospf.version")
    type: u8 = field(0, "ospf.msg", names=_TYPES)
    len: u16 = length(16, "ospf.packet_length", of="layer")
    router: u32 = field(0)
    area: u32 = field(0)
    sum: u16 = field(0, "ospf.checksum", base="hex")
    instance: u8 = field(0, "ospf.instance_id")
    reserved: u8 = field(0)
    router_id: Ip4 = reading("router", Ip4, "ospf.srcrouter")
    area_id: Ip4 = reading("area", Ip4, "ospf.area_id")


class OSPF3LSAHeader(Part):
    """A header alone, as descriptions and acknowledgments list them (appendix A.4.2)"""

    _age: u16 = field(0)
    _do_not_age: u16 = bits(1, 0)
    age: u16 = bits(15, 0, "ospf.lsa.age")
    type: u16 = field(0, "ospf.v3.lsa", base="hex")
    id: Ip4 = field(bytes(4), "ospf.link_state_id")
    router: Ip4 = field(bytes(4), "ospf.advrouter")
    sequence: u32 = field(0x80000001, "ospf.lsa.seqnum", base="hex")
    sum: u16 = field(0, "ospf.lsa.chksum", base="hex")
    len: u16 = field(20, "ospf.lsa.length")


class OSPF3LSA(OSPF3LSAHeader, size="len"):
    """Link state advertisement"""

    len: u16 = length(20, "ospf.lsa.length", of="part")
    body: bytes = raw("len - 20", b"")


class OSPF3Hello(Packet, name=None, over={"ospf.v3.msg": 1}):
    """Hello (appendix A.3.2)"""

    interface: u32 = field(0, "ospf.hello.interface_id")
    priority: u8 = field(1, "ospf.hello.router_priority")
    options: u24 = field(0, "ospf.v3.options", base="hex")
    interval: u16 = field(10, "ospf.hello.hello_interval")
    dead: u16 = field(40)
    designated: Ip4 = field(bytes(4), "ospf.hello.designated_router")
    backup: Ip4 = field(bytes(4), "ospf.hello.backup_designated_router")
    neighbors: list[bytes] = repeat(Ip4, "ospf.hello.active_neighbor", count="left // 4")
    dead_interval: u32 = column("dead", "ospf.hello.router_dead_interval")


class OSPF3Description(Packet, name=None, over={"ospf.v3.msg": 2}):
    """Database description (appendix A.3.3)"""

    _reserved: u8 = field(0)
    options: u24 = field(0, "ospf.v3.options", base="hex")
    mtu: u16 = field(1500, "ospf.db.interface_mtu")
    _reserved2: u8 = field(0)
    flags: u8 = field(0, "ospf.dbd", base="hex")
    _flags: u8 = bits(4, 0)
    resync: bool = bits(1, 0, "ospf.dbd.r")
    init: bool = bits(1, 0, "ospf.dbd.i")
    more: bool = bits(1, 0, "ospf.dbd.m")
    master: bool = bits(1, 0, "ospf.dbd.ms")
    sequence: u32 = field(0, "ospf.db.dd_sequence")
    lsas: list[OSPF3LSAHeader] = repeat(OSPF3LSAHeader, count="left // 20")


class OSPF3Wanted(Part):
    """An LSA asked for"""

    _reserved: u16 = field(0)
    type: u16 = field(0, "ospf.v3.lsa", base="hex")
    id: Ip4 = field(bytes(4), "ospf.link_state_id")
    router: Ip4 = field(bytes(4), "ospf.advrouter")


class OSPF3Request(Packet, name=None, over={"ospf.v3.msg": 3}):
    """Link state request (appendix A.3.4)"""

    wanted: list[OSPF3Wanted] = repeat(OSPF3Wanted, count="left // 12")


class OSPF3Update(Packet, name=None, over={"ospf.v3.msg": 4}):
    """Link state update (appendix A.3.5)"""

    count: u32 = length(0, of="lsas")
    lsas: list[OSPF3LSA] = repeat(OSPF3LSA, count="count")


class OSPF3Acknowledgment(Packet, name=None, over={"ospf.v3.msg": 5}):
    """Link state acknowledgment (appendix A.3.6)"""

    lsas: list[OSPF3LSAHeader] = repeat(OSPF3LSAHeader, count="left // 20")
