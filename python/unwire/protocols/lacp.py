"""Link Aggregation Control Protocol (IEEE 802.1AX clause 6.4.2.3)."""

from unwire.declare import Mac, Packet, Part, bits, by, field, length, raw, repeat, u8, u16


class LACPTLV(Part, next=by("type", "lacp.tlv"), size="len if type else left"):
    """A type, a length that counts both, and a value; type 0 ends the list."""

    type: u8 = field(0, "lacp.tlv_type", base="hex")
    # IEEE 802.1AX clause 6.4.2.3: the terminator's length is 0.
    len: u8 = length(0, "lacp.tlv_length", of="part", value="size if type else 0", base="hex")


class Actor(LACPTLV, over={"lacp.tlv": 1}):
    """The sender's side of the link."""

    sys_priority: u16 = field(0, "lacp.actor.sys_priority")
    sysid: Mac = field(bytes(6), "lacp.actor.sysid")
    key: u16 = field(0, "lacp.actor.key")
    port_priority: u16 = field(0, "lacp.actor.port_priority")
    port: u16 = field(0, "lacp.actor.port")
    state: u8 = field(0, "lacp.actor.state", base="hex")
    expired: bool = bits(1, 0, "lacp.actor.state.expired")
    defaulted: bool = bits(1, 0, "lacp.actor.state.defaulted")
    distributing: bool = bits(1, 0, "lacp.actor.state.distributing")
    collecting: bool = bits(1, 0, "lacp.actor.state.collecting")
    synchronization: bool = bits(1, 0, "lacp.actor.state.synchronization")
    aggregation: bool = bits(1, 0, "lacp.actor.state.aggregation")
    timeout: bool = bits(1, 0, "lacp.actor.state.timeout")
    activity: bool = bits(1, 0, "lacp.actor.state.activity")
    reserved: bytes = raw(3, bytes(3), "lacp.actor.reserved")


class Partner(LACPTLV, over={"lacp.tlv": 2}):
    """The other side, as the sender knows it."""

    sys_priority: u16 = field(0, "lacp.partner.sys_priority")
    sysid: Mac = field(bytes(6), "lacp.partner.sysid")
    key: u16 = field(0, "lacp.partner.key")
    port_priority: u16 = field(0, "lacp.partner.port_priority")
    port: u16 = field(0, "lacp.partner.port")
    state: u8 = field(0, "lacp.partner.state", base="hex")
    expired: bool = bits(1, 0, "lacp.partner.state.expired")
    defaulted: bool = bits(1, 0, "lacp.partner.state.defaulted")
    distributing: bool = bits(1, 0, "lacp.partner.state.distributing")
    collecting: bool = bits(1, 0, "lacp.partner.state.collecting")
    synchronization: bool = bits(1, 0, "lacp.partner.state.synchronization")
    aggregation: bool = bits(1, 0, "lacp.partner.state.aggregation")
    timeout: bool = bits(1, 0, "lacp.partner.state.timeout")
    activity: bool = bits(1, 0, "lacp.partner.state.activity")
    reserved: bytes = raw(3, bytes(3), "lacp.partner.reserved")


class Collector(LACPTLV, over={"lacp.tlv": 3}):
    """How long the sender may hold a frame back, in tens of microseconds."""

    max_delay: u16 = field(0, "lacp.collector.max_delay")
    reserved: bytes = raw(12, bytes(12), "lacp.coll_reserved")


class LACP(Packet, over={"slow.subtype": 1}):
    """Link Aggregation Control Protocol"""

    version: u8 = field(1, "lacp.version", base="hex")
    tlvs: list[LACPTLV] = repeat(LACPTLV, until="item.type == 0")
