"""Cisco's Dynamic Trunking Protocol."""

from unwire.declare import Mac, Packet, Part, by, field, length, repeat, text, u8, u16


class DTPTLV(Part, next=by("type", "dtp.tlv"), size="len"):
    """A type, a length that counts both, and a value."""

    type: u16 = field(0, "dtp.tlv_type", base="hex")
    len: u16 = length(4, "dtp.tlv_len", of="part")


class DTPDomain(DTPTLV, over={"dtp.tlv": 1}):
    """The VLAN trunking domain."""

    text: str = text("len - 4", "", "dtp.domain")


class DTPNeighbor(DTPTLV, over={"dtp.tlv": 4}):
    """The sender's address."""

    mac: Mac = field(bytes(6), "dtp.senderid")


class DTP(Packet, over={"llc.cisco_pid": 0x2004, "ethertype": 0x2004}):
    """Dynamic Trunk Protocol"""

    v: u8 = field(0, "dtp.version")
    tlvs: list[DTPTLV] = repeat(DTPTLV)
