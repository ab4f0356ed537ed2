"""Cisco Discovery Protocol."""

from unwire.declare import Packet, Part, by, field, length, raw, repeat, text, u8, u16, u32


class TLV(Part, next=by("type", "cdp.tlv"), size="len"):
    """A type, a length and a value."""

    type: u16 = field(0, "cdp.tlv.type", base="hex")
    len: u16 = length(4, "cdp.tlv.len", of="part")


class DeviceId(TLV, over={"cdp.tlv": 0x0001}):
    """The device's name."""

    text: str = text("len - 4", "", "cdp.deviceid")


class Address(Part):
    """A network address: a protocol and bytes."""

    ptype: u8 = field(1, "cdp.protocol_type", base="hex")
    plen: u8 = field(1, "cdp.protocol_length")
    p: bytes = raw("plen", b"\xcc", "cdp.protocol")
    alen: u16 = field(4, "cdp.address_length")
    address: bytes = raw("alen", bytes(4))


class Addresses(TLV, over={"cdp.tlv": (0x0002, 0x0016)}):
    """The device's addresses."""

    Addresses: u32 = field(1, "cdp.number_of_addresses")
    addresses: list[Address] = repeat(Address, count="Addresses")


class PortId(TLV, over={"cdp.tlv": 0x0003}):
    """The port that sent this."""

    text: str = text("len - 4", "", "cdp.portid")


class Capabilities(TLV, over={"cdp.tlv": 0x0004}):
    """What the device is."""

    capabilities: u32 = field(0, "cdp.capabilities", base="hex")


class SoftwareVersion(TLV, over={"cdp.tlv": 0x0005}):
    """The device's software."""

    text: str = text("len - 4", "")


class Platform(TLV, over={"cdp.tlv": 0x0006}):
    """The device's hardware."""

    text: str = text("len - 4", "", "cdp.platform")


class VTPDomain(TLV, over={"cdp.tlv": 0x0009}):
    """The VLAN trunking domain."""

    text: str = text("len - 4", "", "cdp.vtp_management_domain")


class NativeVLAN(TLV, over={"cdp.tlv": 0x000A}):
    """The VLAN of untagged frames."""

    vlan: u16 = field(1, "cdp.native_vlan")


class Duplex(TLV, over={"cdp.tlv": 0x000B}):
    """Half or full duplex."""

    duplex: u8 = field(1)


class CDP(Packet, over={"llc.cisco_pid": 0x2000, "gre.proto": 0x2000, "chdlc.protocol": 0x2000, "ppp.protocol": 0x0207}):
    """Cisco Discovery Protocol"""

    version: u8 = field(2, "cdp.version")
    ttl: u8 = field(180, "cdp.ttl")
    sum: u16 = field(0, "cdp.checksum", base="hex")
    tlvs: list[TLV] = repeat(TLV)
