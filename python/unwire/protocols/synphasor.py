"""Synchrophasor data (IEEE C37.118.2): the header of every frame."""

from unwire.declare import Packet, bits, field, length, raw, u8, u16, u24, u32


class Synphasor(Packet, over={"udp.port": 4713, "tcp.port": 4712}):
    """IEEE C37.118 Synchrophasor Protocol"""

    sync: u16 = field(0xAA01, "synphasor.sync", base="hex", must="sync >> 8 == 0xAA")
    _leader: int = bits(9, 0x154)
    type: u16 = bits(3, 0, "synphasor.frtype", base="hex")
    version: u16 = bits(4, 1, "synphasor.version")
    len: u16 = length(16, "synphasor.frsize", of="layer")
    id: u16 = field(0, "synphasor.idcode_stream_source")
    soc: u32 = field(0)
    _quality: u8 = field(0)
    _reserved: int = bits(1, 0)
    leap_direction: bool = bits(1, 0, "synphasor.timeqal.lsdir")
    leap_occurred: bool = bits(1, 0, "synphasor.timeqal.lsocc")
    leap_pending: bool = bits(1, 0, "synphasor.timeqal.lspend")
    quality: u8 = bits(4, 0, "synphasor.timeqal.timequalindic", base="hex")
    fraction: u24 = field(0, "synphasor.fracsec_raw")
    data: bytes = raw("rest", b"")
