"""Cisco's Enhanced Interior Gateway Routing Protocol (RFC 7868), its header."""

from unwire.declare import Packet, Part, bits, checksum, field, length, raw, repeat, u8, u16, u32


class EIGRPTLV(Part, size="len"):
    """A type, a length, a value"""

    type: u16 = field(0, "eigrp.tlv_type", base="hex")
    len: u16 = length(4, "eigrp.tlv.len", of="part")
    value: bytes = raw("max(len - 4, 0)", b"")


class EIGRP(Packet, over={"ip.proto": 88}):
    """Enhanced Interior Gateway Routing Protocol"""

    version: u8 = field(2, "eigrp.version")
    opcode: u8 = field(5, "eigrp.opcode", names={1: "Update", 3: "Query", 4: "Reply", 5: "Hello", 10: "SIA query", 11: "SIA reply"})
    sum: u16 = checksum(0, "eigrp.checksum", how="inet", base="hex")
    flags: u32 = field(0, "eigrp.flags", base="hex")
    _reserved: u32 = bits(28, 0)
    end_of_table: bool = bits(1, 0, "eigrp.flags.eot")
    restart: bool = bits(1, 0, "eigrp.flags.restart")
    conditional: bool = bits(1, 0, "eigrp.flags.condrecv")
    init: bool = bits(1, 0, "eigrp.flags.init")
    seq: u32 = field(0, "eigrp.seq")
    ack: u32 = field(0, "eigrp.ack")
    router: u16 = field(0, "eigrp.vrid")
    system: u16 = field(0, "eigrp.as")
    tlvs: list[EIGRPTLV] = repeat(EIGRPTLV)
