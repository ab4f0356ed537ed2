"""Encapsulated Remote Switch Packet Analysis, types I, II and III (draft-foschiano-erspan-03)."""

from unwire.declare import Packet, Part, bits, by, field, u16, u32, when


class ERSPAN1(Packet, name="erspan", over={"gre.erspan": 1}, next=by(1, "link")):
    """ERSPAN type I, which has no header"""


# Both numbers lead to both: the version says what follows.
class ERSPAN2(Packet, name="erspan", over={"gre.erspan": (0x88BE, 0x22EB)}, when="peek(1) >> 4 == 1", next=by(1, "link")):
    """ERSPAN type II"""

    _version_vlan: u16 = field(0x1000)
    version: u16 = bits(4, 1, "erspan.version")
    vlan: u16 = bits(12, 0, "erspan.vlan")
    _cos_session: u16 = field(0)
    cos: u16 = bits(3, 0, "erspan.cos")
    encap: u16 = bits(2, 0, "erspan.encap")
    truncated: u16 = bits(1, 0, "erspan.truncated")
    session: u16 = bits(10, 0, "erspan.spanid")
    _index: u32 = field(0)
    reserved: u32 = bits(12, 0, "erspan.reserved")
    index: u32 = bits(20, 0, "erspan.index")


class Platform(Part, next=by("platform", "erspan.platid")):
    """The optional subheader of type III: 8 bytes laid out by platform"""

    _first: u32 = field(0)
    platform: u32 = bits(6, 0, "erspan.platid")
    _rest: u32 = bits(26, 0)
    second: u32 = field(0)


class ERSPAN3(
    Packet,
    name="erspan",
    over={"gre.erspan": (0x88BE, 0x22EB)},
    when="peek(1) >> 4 == 2",
    next=by(1, "link", when="ft == 0"),
):
    """ERSPAN type III"""

    _version_vlan: u16 = field(0x2000)
    version: u16 = bits(4, 2, "erspan.version")
    vlan: u16 = bits(12, 0, "erspan.vlan")
    _cos_session: u16 = field(0)
    cos: u16 = bits(3, 0, "erspan.cos")
    bso: u16 = bits(2, 0, "erspan.bso")
    truncated: u16 = bits(1, 0, "erspan.truncated")
    session: u16 = bits(10, 0, "erspan.spanid")
    timestamp: u32 = field(0, "erspan.timestamp")
    sgt: u16 = field(0, "erspan.sgt")
    _last: u16 = field(0)
    p: u16 = bits(1, 0, "erspan.p")
    ft: u16 = bits(5, 0, "erspan.ft")
    hw: u16 = bits(6, 0, "erspan.hw")
    direction: bool = bits(1, 0, "erspan.direction")
    gra: u16 = bits(2, 0, "erspan.gra")
    o: u16 = bits(1, 0, "erspan.o")
    platform: Platform = when("o", Platform)


class ERSPANOther(Packet, name="erspan", over={"gre.erspan": (0x88BE, 0x22EB)}, when="peek(1) >> 4 == 0 or peek(1) >> 4 > 2"):
    """ERSPAN of a version that no draft describes"""

    _version_vlan: u16 = field(0)
    version: u16 = bits(4, 0, "erspan.version")
    _vlan: int = bits(12, 0)
