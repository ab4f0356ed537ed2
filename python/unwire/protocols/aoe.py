"""ATA over Ethernet (AoE, revision 11), its common header. The commands' own headers are in aoeata.py and aoecfg.py."""

from unwire.declare import Packet, bits, by, field, u8, u16, u32

AOE_CMD_ATA = 0
AOE_CMD_CFG = 1
AOE_FLAG_RSP = 1 << 3


class AOE(Packet, over={"ethertype": 0x88A2}, next=by("cmd | response << 8", "aoe.cmd")):
    """ATA over Ethernet"""

    _ver_fl: u8 = field(0x10)
    ver: u8 = bits(4, 1, "aoe.version")
    response: bool = bits(1, 0, "aoe.response")
    error: bool = bits(1, 0, "aoe.flags_error")
    reserved: u8 = bits(2, 0)
    err: u8 = field(0)
    maj: u16 = field(0, "aoe.major", base="hex")
    min: u8 = field(0, "aoe.minor", base="hex")
    cmd: u8 = field(0, "aoe.cmd", names={0: "ATA command", 1: "configuration"})
    tag: u32 = field(0, "aoe.tag", base="hex")
