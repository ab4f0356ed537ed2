"""OMRON FINS (Factory Interface Network Service): its header and command code, over UDP and TCP."""

from unwire.declare import Packet, bits, by, field, length, raw, u8, u16, u32, when


class OMRON(Packet, over={"udp.port": 9600}):
    """OMRON FINS Protocol"""

    icf: u8 = field(0x80, "omron.icf", base="hex")
    gateway: u8 = bits(1, 1, "omron.icf.gwb", base="hex")
    response: u8 = bits(1, 0, "omron.icf.dtb", base="hex")
    _reserved: int = bits(5, 0)
    no_response: u8 = bits(1, 0, "omron.icf.rsb", base="hex")
    rsv: u8 = field(0, "omron.rsv", base="hex")
    gct: u8 = field(2, "omron.gct", base="hex")
    dna: u8 = field(0, "omron.dna", base="hex")
    da1: u8 = field(0, "omron.da1", base="hex")
    da2: u8 = field(0, "omron.da2", base="hex")
    sna: u8 = field(0, "omron.sna", base="hex")
    sa1: u8 = field(0, "omron.sa1", base="hex")
    sa2: u8 = field(0, "omron.sa2", base="hex")
    sid: u8 = field(0, "omron.sid", base="hex")
    command: u16 = field(0x0101, "omron.command", base="hex")
    data: bytes = raw("rest", b"")


class OMRONTCP(Packet, name="omron", over={"tcp.port": 9600}, next=by(0, "omron.fins", when="tcp_command == 2")):
    """The header that FINS has over TCP"""

    magic: u32 = field(0x46494E53, "omron.tcp.magic", base="hex", must="magic == 0x46494E53")
    length: u32 = length(8, "omron.tcp.length", of="layer", value="size - 8")
    tcp_command: u32 = field(2, "omron.tcp.command", base="hex")
    error: u32 = field(0, "omron.tcp.error_code", base="hex")
    client: u32 = when("tcp_command < 2", field(0, "omron.tcp.client_node_address"))
    server: u32 = when("tcp_command == 1", field(0, "omron.tcp.server_node_address"))


class OMRONOverTCP(OMRON, name=None, over={"omron.fins": 0}):
    """What follows it; Wireshark names both parts once"""
