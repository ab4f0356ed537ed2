"""Internet Group Management Protocol, versions 1 (RFC 1112), 2 (RFC 2236) and 3 (RFC 3376)."""

from typing import ClassVar

from unwire.declare import Ip4, Packet, Part, bits, by, checksum, column, field, length, raw, reading, repeat, u8, u16, u24, u32, when

_TYPES = {0x11: "Membership query", 0x12: "Report, version 1", 0x16: "Report, version 2", 0x17: "Leave group", 0x22: "Report, version 3"}


# Other protocols share the number and the first octet, as DVMRP does; Wireshark shows the choice as a layer of its own.
class IGMPKind(Packet, name="igmp", over={"ip.proto": 2}, next=by("peek(1)", "igmp.type")):
    """Internet Group Management Protocol, which message"""

    # Who asks for the class that answers to the number means the messages.
    __shown_as__: ClassVar[type]


# RFC 3376 section 7.1: the length of a query tells the versions apart.
class IGMP(Packet, over={"igmp.type": (0x11, 0x12, 0x16, 0x17)}, when="type != 0x11 or left < 12", info="type={type}"):
    """Internet Group Management Protocol, versions 1 and 2"""

    type: u8 = field(0, "igmp.type", base="hex", names=_TYPES)
    maxresp: u8 = field(0)
    sum: u16 = checksum(0, "igmp.checksum", how="inet", base="hex")
    group: Ip4 = field(bytes(4), "igmp.maddr")
    version: u8 = column("1 if type == 0x12 or (type == 0x11 and maxresp == 0) else 2", "igmp.version")
    # In version 1 the octet is reserved.
    max_resp: u16 = when("type > 0x12 or (type == 0x11 and maxresp)", column("maxresp", "igmp.max_resp"))


IGMPKind.__shown_as__ = IGMP


class IGMPQuery3(IGMP, name="igmp", over={"igmp.type": 0x11}, when="left >= 12", fresh=True):
    """Membership query of version 3"""

    type: u8 = field(0x11, "igmp.type", base="hex", names=_TYPES)
    maxresp: u8 = field(0)
    sum: u16 = checksum(0, "igmp.checksum", how="inet", base="hex")
    group: Ip4 = field(bytes(4), "igmp.maddr")
    _flags: u8 = field(0)
    _reserved: u8 = bits(4, 0)
    suppress: bool = bits(1, 0, "igmp.s")
    robustness: u8 = bits(3, 0, "igmp.qrv")
    interval: u8 = field(0, "igmp.qqic")
    count: u16 = length(0, "igmp.num_src", of="sources", value="size // 4")
    sources: list[bytes] = repeat(Ip4, "igmp.saddr", count="count")
    version: u8 = column("3", "igmp.version")
    # RFC 3376 section 4.1.1: from 128 on a mantissa of four bits and an exponent of three.
    max_resp: u16 = column("maxresp if maxresp < 128 else (maxresp & 15 | 16) << (maxresp >> 4 & 7) + 3", "igmp.max_resp")
    exponent: u8 = when("maxresp >= 128", column("maxresp >> 4 & 7", "igmp.max_resp.exp", base="hex"))
    mantissa: u8 = when("maxresp >= 128", column("maxresp & 15", "igmp.max_resp.mant", base="hex"))


class IGMPRecord(Part):
    """What a host wants to hear of one group (RFC 3376 section 4.2)"""

    type: u8 = field(0, "igmp.record_type")
    words: u8 = length(0, "igmp.aux_data_len", of="auxiliary", value="size // 4")
    count: u16 = length(0, of="sources", value="size // 4")
    group: Ip4 = field(bytes(4))
    sources: list[bytes] = repeat(Ip4, "igmp.saddr", count="count")
    auxiliary: bytes = when("words", raw("4 * words", b"", "igmp.aux_data"))


class IGMPReport3(IGMP, name="igmp", over={"igmp.type": 0x22}, fresh=True):
    """Membership report of version 3"""

    type: u8 = field(0x22, "igmp.type", base="hex", names=_TYPES)
    maxresp: u8 = field(0)
    sum: u16 = checksum(0, "igmp.checksum", how="inet", base="hex")
    _reserved_count: u32 = field(0)
    reserved: u16 = bits(16, 0)
    count: u16 = bits(16, 0, "igmp.num_grp_recs", of="records")
    # Where the other versions have the group.
    group: Ip4 = reading("_reserved_count", Ip4)
    records: list[IGMPRecord] = repeat(IGMPRecord, count="count")
    version: u8 = column("3", "igmp.version")


class IGMPTrace(IGMP, name="igmp", over={"igmp.type": (0x1E, 0x1F)}, fresh=True):
    """Multicast traceroute, query and response"""

    type: u8 = field(0x1F, "igmp.type", base="hex")
    hops: u8 = field(0, "igmp.mtrace.max_hops")
    sum: u16 = checksum(0, "igmp.checksum", how="inet", base="hex")
    group: Ip4 = field(bytes(4), "igmp.maddr")
    source: Ip4 = field(bytes(4), "igmp.mtrace.saddr")
    receiver: Ip4 = field(bytes(4), "igmp.mtrace.raddr")
    response: Ip4 = field(bytes(4), "igmp.mtrace.rspaddr")
    response_ttl: u8 = field(0, "igmp.mtrace.resp_ttl")
    id: u24 = field(0, "igmp.mtrace.q_id")
    blocks: bytes = raw("rest", b"")
