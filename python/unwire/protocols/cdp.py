"""Cisco Discovery Protocol."""

from typing import ClassVar

from unwire.declare import Packet, Part, by, checksum, column, field, length, payload, raw, reading, repeat, text, u8, u16, u32


class CDPTLV(Part, next=by("type", "cdp.tlv"), size="len"):
    """A type, a length and a value"""

    type: u16 = field(0, "cdp.tlv.type", base="hex")
    len: u16 = length(4, "cdp.tlv.len", of="part")


class DeviceId(CDPTLV, over={"cdp.tlv": 0x0001}):
    """The device's name."""

    text: str = text("len - 4", "", "cdp.deviceid")


class CDPAddress(Part):
    """A network address: a protocol and bytes."""

    ptype: u8 = field(1, "cdp.protocol_type", base="hex")
    plen: u8 = length(1, "cdp.protocol_length", of="p")
    p: bytes = raw("plen", b"\xcc", "cdp.protocol")
    alen: u16 = length(0, "cdp.address_length", of="address")
    address: bytes = raw("alen", b"")


class Addresses(CDPTLV, over={"cdp.tlv": (0x0002, 0x0016)}):
    """The device's addresses."""

    Addresses: u32 = length(1, "cdp.number_of_addresses", of="addresses")
    addresses: list[CDPAddress] = repeat(CDPAddress, count="Addresses")


class PortId(CDPTLV, over={"cdp.tlv": 0x0003}):
    """The port that sent this."""

    text: str = text("len - 4", "", "cdp.portid")


class Capabilities(CDPTLV, over={"cdp.tlv": 0x0004}):
    """What the device is."""

    capabilities: u32 = field(0, "cdp.capabilities", base="hex")


class SoftwareVersion(CDPTLV, over={"cdp.tlv": 0x0005}):
    """The device's software."""

    text: str = text("len - 4", "")


class Platform(CDPTLV, over={"cdp.tlv": 0x0006}):
    """The device's hardware."""

    text: str = text("len - 4", "", "cdp.platform")


class VTPDomain(CDPTLV, over={"cdp.tlv": 0x0009}):
    """The VLAN trunking domain."""

    text: str = text("len - 4", "", "cdp.vtp_management_domain")


class NativeVLAN(CDPTLV, over={"cdp.tlv": 0x000A}):
    """The VLAN of untagged frames."""

    vlan: u16 = field(1, "cdp.native_vlan")


class Duplex(CDPTLV, over={"cdp.tlv": 0x000B}):
    """Half or full duplex."""

    duplex: u8 = field(1)


class CDP(Packet, over={"llc.cisco_pid": 0x2000, "ethertype": 0x2000, "gre.proto": 0x2000, "chdlc.protocol": 0x2000, "ppp.protocol": 0x0207}):
    """Cisco Discovery Protocol"""

    __shown__: ClassVar[tuple[str, ...]] = ("tlvs",)

    version: u8 = field(2, "cdp.version")
    ttl: u8 = field(180, "cdp.ttl")
    # Cisco sums an odd last octet in a way of its own, so that there is no verdict.
    sum: u16 = checksum(0, how="inet")
    shown_sum: u16 = column("sum", "cdp.checksum", base="hex")
    data: bytes = payload("left")
    #: dpkt's view: every TLV as bytes.
    tlvs: list[bytes] = reading("data", repeat(raw("max(peek(2, 2), 4)")))
    tlvs_typed: list[CDPTLV] = reading("data", repeat(CDPTLV))

    class TLV(Part, size="len if len else left"):
        """A type, a length and a value of any kind; a length of 0 takes what there is"""

        type: u16 = field(0)
        len: u16 = length(0, of="part")
        data: bytes = payload("left")

        def data_len(self) -> int:
            """Return the size of the value."""
            return self.len - 4 if self.len else len(self.data)

        def __bytes__(self) -> bytes:
            if getattr(self, "len", None) == 0:
                del self.len
            return super().__bytes__()

    class Address(TLV, fresh=True, size="5 + alen"):
        """A network address"""

        ptype: u8 = field(1)
        plen: u8 = field(1)
        p: u8 = field(0xCC)
        alen: u16 = field(4)
        data: bytes = payload("alen")

        def data_len(self) -> int:
            """Return the size of the address."""
            return self.alen

    class TLV_Addresses(TLV, size="len if len else left", fresh=True):  # noqa: N801 (dpkt's name)
        """The value that lists addresses"""

        type: u16 = field(2)
        len: u16 = length(0, of="part")
        Addresses: u32 = field(1)
        data: bytes = payload("left")

    tlv_types: ClassVar[dict[int, type[Part]]] = {2: TLV_Addresses}
