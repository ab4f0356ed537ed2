"""Linux netfilter's log messages (LINKTYPE_NFLOG): attributes, one of them the packet."""

from unwire.declare import Packet, Part, by, field, length, repeat, u8, u16


class NFLOGAttribute(Part, next=by("type & 0x7FFF", "nflog.tlv"), size="4 if type & 0x7FFF == 9 else (length + 3) // 4 * 4", order="little"):
    """An attribute; the packet, the last one, stays for the payload."""

    length: u16 = length(4, "nflog.tlv_length", of="part")
    type: u16 = field(0, "nflog.tlv_type")


class NFLOG(
    Packet,
    over={"link": 239},
    next=(by(4, "ip.version", when="family == 2"), by(6, "ip.version", when="family == 10"), by("family", "nflog.family")),
):
    """Linux Netfilter NFLOG"""

    family: u8 = field(2, "nflog.family")
    version: u8 = field(0, "nflog.version")
    res_id: u16 = field(0, "nflog.res_id")
    attributes: list[NFLOGAttribute] = repeat(NFLOGAttribute, until="item.type & 0x7FFF == 9")
