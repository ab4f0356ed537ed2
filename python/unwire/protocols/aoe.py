"""ATA over Ethernet (AoE, revision 11), its common header. The commands' own headers are in aoeata.py and aoecfg.py."""

from typing import Any, ClassVar

from unwire.declare import Numbers, Packet, bits, by, column, field, u8, u16, u32


class AOE(Packet, over={"ethertype": 0x88A2}, next=by("cmd | (fl & 8) << 5", "aoe.cmd")):
    """ATA over Ethernet"""

    _cmdsw: ClassVar[Numbers] = Numbers("aoe.cmd")

    _ver_fl: u8 = field(0x10)
    ver: u8 = bits(4, 1, "aoe.version")
    fl: u8 = bits(4, 0)
    response: bool = column("fl >> 3", "aoe.response")
    error: bool = column("fl >> 2 & 1", "aoe.flags_error")
    err: u8 = field(0)
    maj: u16 = field(0, "aoe.major", base="hex")
    min: u8 = field(0, "aoe.minor", base="hex")
    cmd: u8 = field(0, "aoe.cmd", names={0: "ATA command", 1: "configuration"})
    tag: u32 = field(0, "aoe.tag", base="hex")

    @classmethod
    def set_cmd(cls, cmd: int, pktclass: type) -> None:
        """Let a class answer to a command, for packets read from now on."""
        cls._cmdsw[cmd] = pktclass

    @classmethod
    def get_cmd(cls, cmd: int) -> Any:
        """The class that answers to a command."""
        return cls._cmdsw[cmd]
