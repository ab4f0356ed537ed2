"""Multicast listener discovery (RFC 2710, version 2 RFC 3810), messages of ICMPv6."""

from unwire.declare import Ip6, Packet, Part, bits, field, length, raw, repeat, u8, u16


class MLDQuery(Packet, name=None, over={"icmpv6.type": 130}, when="left < 24"):
    """Multicast listener query"""

    delay: u16 = field(0, "icmpv6.mld.maximum_response_delay")
    reserved: bytes = raw(2, bytes(2), "icmpv6.reserved")
    address: Ip6 = field(bytes(16), "icmpv6.mld.multicast_address")


# RFC 3810 section 8.1: the length tells the versions apart.
class MLDQuery2(Packet, name=None, over={"icmpv6.type": 130}, when="left >= 24"):
    """Multicast listener query of version 2"""

    code: u16 = field(0, "icmpv6.mld.maximum_response_code")
    reserved: bytes = raw(2, bytes(2), "icmpv6.reserved")
    address: Ip6 = field(bytes(16), "icmpv6.mld.multicast_address")
    flags: u8 = field(0, "icmpv6.mld.flag", base="hex")
    _reserved: u8 = bits(4, 0, "icmpv6.mld.flag.reserved")
    suppress: bool = bits(1, 0, "icmpv6.mld.flag.s")
    robustness: u8 = bits(3, 0, "icmpv6.mld.flag.qrv")
    interval: u8 = field(0, "icmpv6.mld.qqi")
    count: u16 = length(0, "icmpv6.mld.nb_sources", of="sources")
    sources: list[bytes] = repeat(Ip6, "icmpv6.mld.source_address", count="count")


class MLDReport(Packet, name=None, over={"icmpv6.type": (131, 132)}):
    """Multicast listener report and done"""

    delay: u16 = field(0, "icmpv6.mld.maximum_response_delay")
    reserved: bytes = raw(2, bytes(2), "icmpv6.reserved")
    address: Ip6 = field(bytes(16), "icmpv6.mld.multicast_address")


class MLDRecord(Part):
    """What a node wants to hear of one address (RFC 3810 section 5.2)"""

    type: u8 = field(0, "icmpv6.mldr.mar.record_type")
    words: u8 = length(0, "icmpv6.mldr.mar.aux_data_len", of="auxiliary", value="size // 4")
    count: u16 = length(0, "icmpv6.mldr.mar.nb_sources", of="sources")
    address: Ip6 = field(bytes(16), "icmpv6.mldr.mar.multicast_address")
    sources: list[bytes] = repeat(Ip6, "icmpv6.mldr.mar.source_address", count="count")
    auxiliary: bytes = raw("4 * words", b"")


class MLDReport2(Packet, name=None, over={"icmpv6.type": 143}):
    """Multicast listener report of version 2"""

    reserved: bytes = raw(2, bytes(2), "icmpv6.reserved")
    count: u16 = length(0, "icmpv6.mldr.nb_mcast_records", of="records")
    records: list[MLDRecord] = repeat(MLDRecord, count="count")
