"""Per-Packet Information (CACE's header of tagged fields in front of any link layer)."""

from unwire.declare import Packet, Part, by, field, length, raw, repeat, u8, u16, u32


class PPIField(Part, size="4 + len", order="little"):
    """A tagged field."""

    type: u16 = field(0, "ppi.field_type")
    len: u16 = length(0, "ppi.field_len", of="part", value="size - 4")
    value: bytes = raw("len", b"")


class PPI(Packet, over={"link": 192}, order="little", next=by("dlt", "link", via="pcap_pktdata")):
    """PPI Packet Header"""

    version: u8 = field(0, "ppi.version")
    flags: u8 = field(0, "ppi.flags", base="hex")
    len: u16 = length(8, "ppi.length", of="header")
    dlt: u32 = field(1, "ppi.dlt")
    fields: list[PPIField] = repeat(PPIField, size="len - 8", pad=1)
