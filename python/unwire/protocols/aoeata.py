"""ATA over Ethernet's command 0: an ATA command, or its result."""

from typing import ClassVar

from unwire.declare import Packet, bits, column, field, u8, u16, u64


class AOEATA(Packet, name=None, over={"aoe.cmd": 0}):
    """An ATA command."""

    aflags: u8 = field(0)
    _reserved: u8 = bits(1, 0)
    e: bool = bits(1, 0, "aoe.aflags.e")
    _reserved_2: u8 = bits(5, 0)
    w: bool = bits(1, 0, "aoe.aflags.w")
    errfeat: u8 = field(0, "aoe.err_feature", base="hex")
    scnt: u8 = field(0, "aoe.sector_count")
    cmdstat: u8 = field(0xEC, "aoe.ata.cmd", base="hex")
    lba0: u8 = field(0)
    lba1: u8 = field(0)
    lba2: u8 = field(0)
    lba3: u8 = field(0)
    lba4: u8 = field(0)
    lba5: u8 = field(0)
    lba: u64 = column("lba0 | lba1 << 8 | lba2 << 16 | lba3 << 24 | lba4 << 32 | lba5 << 40", "aoe.lba", base="hex")
    res: u16 = field(0)


class AOEATAResult(AOEATA, name=None, over={"aoe.cmd": 0x100}):
    """The result of an ATA command."""

    __shown_as__: ClassVar[type] = AOEATA

    cmdstat: u8 = field(0x40, "aoe.ata.status", base="hex")
