"""Link Layer Discovery Protocol (IEEE 802.1AB)."""

from unwire.declare import Ip4, Mac, Packet, Part, bits, by, field, length, raw, reading, repeat, text, u8, u16, u24, u32, when


class LLDPTLV(Part, next=by("type", "lldp.tlv"), size="2 + len"):
    """A type, a length and a value."""

    _type_len: u16 = field(0)
    type: u16 = bits(7, 0, "lldp.tlv.type")
    len: u16 = bits(9, 0, "lldp.tlv.len", of="part", value="size - 2")


class ChassisId(LLDPTLV, over={"lldp.tlv": 1}):
    """Which device sent this (clause 8.5.2)."""

    subtype: u8 = field(4, "lldp.chassis.subtype")
    id: bytes = raw("len - 1", b"")
    mac: Mac = reading("id", when("subtype == 4 and len == 7", Mac), "lldp.chassis.id.mac")


class PortId(LLDPTLV, over={"lldp.tlv": 2}):
    """Which of its ports (clause 8.5.3)."""

    subtype: u8 = field(3, "lldp.port.subtype")
    id: bytes = raw("len - 1", b"")
    mac: Mac = reading("id", when("subtype == 3 and len == 7", Mac), "lldp.port.id.mac")
    name: str = reading("id", when("subtype == 1 or subtype == 2 or subtype == 5 or subtype == 6 or subtype == 7", text("len - 1")), "lldp.port.id")


class TimeToLive(LLDPTLV, over={"lldp.tlv": 3}):
    """For how many seconds this holds (clause 8.5.4)."""

    seconds: u16 = field(120, "lldp.time_to_live")


class PortDescription(LLDPTLV, over={"lldp.tlv": 4}):
    """Clause 8.5.5."""

    text: str = text("len", "", "lldp.port.desc")


class SystemName(LLDPTLV, over={"lldp.tlv": 5}):
    """Clause 8.5.6."""

    text: str = text("len", "", "lldp.tlv.system.name")


class SystemDescription(LLDPTLV, over={"lldp.tlv": 6}):
    """Clause 8.5.7."""

    text: str = text("len", "", "lldp.tlv.system.desc")


class SystemCapabilities(LLDPTLV, over={"lldp.tlv": 7}):
    """What the device can be, and is (clause 8.5.8)."""

    capabilities: u16 = field(0, "lldp.tlv.system_cap", base="hex")
    enabled: u16 = field(0, "lldp.tlv.enable_system_cap", base="hex")


class ManagementAddress(LLDPTLV, over={"lldp.tlv": 8}):
    """Where the device is managed (clause 8.5.9)."""

    address_len: u8 = length(5, "lldp.mgn.address.len", of="address", value="size + 1")
    subtype: u8 = field(1, "lldp.mgn.address.subtype")
    address: bytes = raw("address_len - 1", bytes(4))
    ip4: Ip4 = reading("address", when("subtype == 1 and address_len == 5", Ip4), "lldp.mgn.addr.ip4")
    interface_subtype: u8 = field(0, "lldp.mgn.interface.subtype")
    interface: u32 = field(0, "lldp.mgn.interface.number")
    object_len: u8 = length(0, "lldp.mgn.obj.len", of="object")
    object: bytes = raw("object_len", b"")


class Organization(LLDPTLV, over={"lldp.tlv": 127}):
    """An organization's own (clause 8.6)."""

    oui: u24 = field(0, "lldp.orgtlv.oui")
    subtype: u8 = field(0)
    value: bytes = raw("len - 4", b"")


class LLDP(Packet, over={"ethertype": 0x88CC}):
    """Link Layer Discovery Protocol"""

    tlvs: list[LLDPTLV] = repeat(LLDPTLV, until="item.type == 0")
