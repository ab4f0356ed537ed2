"""Cisco's Unidirectional Link Detection (RFC 5171)."""

from unwire.declare import Packet, Part, bits, by, column, field, length, repeat, text, u8, u16


class UDLDTLV(Part, next=by("type", "udld.tlv"), size="len"):
    """A type, a length that counts both, and a value (section 5)."""

    type: u16 = field(0, "udld.tlv.type", base="hex")
    len: u16 = length(4, "udld.tlv.len", of="part")


class UDLDDevice(UDLDTLV, over={"udld.tlv": 1}):
    """The sender."""

    text: str = text("len - 4", "", "udld.device_id")


class UDLDPort(UDLDTLV, over={"udld.tlv": 2}):
    """Its port."""

    text: str = text("len - 4", "", "udld.sent_through_interface")


class UDLD(Packet, over={"llc.cisco_pid": 0x0111}):
    """Unidirectional Link Detection"""

    _v_op: u8 = field(0x21)
    v: u8 = bits(3, 1, "udld.version")
    op: u8 = bits(5, 1, "udld.opcode", names={1: "probe", 2: "echo", 3: "flush"})
    flags: u8 = field(0, "udld.flags")
    rt: u8 = column("flags & 1", "udld.flags.rt", base="hex")
    rsy: u8 = column("flags >> 1 & 1", "udld.flags.rsy", base="hex")
    sum: u16 = field(0, "udld.checksum", base="hex")
    tlvs: list[UDLDTLV] = repeat(UDLDTLV)
