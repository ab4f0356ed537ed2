"""Generic Network Virtualization Encapsulation (RFC 8926)."""

from unwire.declare import Packet, Part, bits, by, field, repeat, u8, u16, u24


class GeneveOption(Part, next=by("cls << 8 | type", "geneve.option"), size="4 + 4 * words"):
    """An option; classes of options answer to the class and the type together."""

    cls: u16 = field(0, "geneve.option.class", base="hex")
    type: u8 = field(0, "geneve.option.type", base="hex")
    critical: bool = bits(1, 0, "geneve.option.type.critical")
    _kind: int = bits(7, 0)
    _flags_len: u8 = field(0)
    flags: u8 = bits(3, 0)
    words: u8 = bits(5, 0, of="part", value="size // 4 - 1")


class Geneve(
    Packet,
    over={"udp.port": 6081},
    next=(by(1, "link", when="p == 0x6558"), by("p", "ethertype")),
    service="geneve",
):
    """Generic Network Virtualization Encapsulation"""

    _v_optlen: u8 = field(0)
    v: u8 = bits(2, 0, "geneve.version")
    optlen: int = bits(6, 0, of="options", value="size // 4")
    flags: u8 = field(0, "geneve.flags", base="hex")
    oam: bool = bits(1, 0, "geneve.flags.oam")
    critical: bool = bits(1, 0, "geneve.flags.critical")
    _reserved: int = bits(6, 0)
    p: u16 = field(0x6558, "geneve.proto_type", base="hex")
    vni: u24 = field(0, "geneve.vni", base="hex")
    reserved: u8 = field(0, "geneve.reserved", base="hex")
    options: list[GeneveOption] = repeat(GeneveOption, size="4 * optlen")
