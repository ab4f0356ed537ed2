"""Extreme Discovery Protocol."""

from unwire.declare import Mac, Packet, checksum, field, length, u8, u16


class EDP(Packet, over={"llc.extreme_pid": 0x00BB, "ethertype": 0x00BB}):
    """Extreme Discovery Protocol"""

    version: u8 = field(1, "edp.version")
    reserved: u8 = field(0, "edp.reserved")
    hlen: u16 = length(0, "edp.length", of="layer")
    sum: u16 = checksum(0, "edp.checksum", how="inet", over="hlen", base="hex")
    seq: u16 = field(0, "edp.seqno")
    mid: u16 = field(0, "edp.midtype")
    mac: Mac = field(b"", "edp.midmac")
