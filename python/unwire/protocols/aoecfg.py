"""ATA over Ethernet's command 1: a target's configuration string."""

from unwire.declare import Packet, field, length, u8, u16


class AOECFG(Packet, name=None, over={"aoe.cmd": (1, 0x101)}):
    """A query or change of the configuration."""

    bufcnt: u16 = field(0)
    fwver: u16 = field(0)
    scnt: u8 = field(0)
    aoeccmd: u8 = field(0)
    # The string itself is the payload.
    cslen: u16 = length(0, of="layer", value="size - 8")
