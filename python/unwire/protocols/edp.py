"""Extreme Discovery Protocol."""

from unwire.declare import Mac, Packet, field, u8, u16


class EDP(Packet, over={"llc.extreme_pid": 0x00BB}):
    """Extreme Discovery Protocol"""

    version: u8 = field(1, "edp.version")
    reserved: u8 = field(0, "edp.reserved")
    hlen: u16 = field(0, "edp.length")
    sum: u16 = field(0, "edp.checksum", base="hex")
    seq: u16 = field(0, "edp.seqno")
    mid: u16 = field(0, "edp.midtype")
    mac: Mac = field(bytes(6), "edp.midmac")
