"""Arista Vendor Specific Protocol: a time stamp between the addresses and the type."""

from unwire.declare import Packet, by, field, u16, u32, when


class AVSP(Packet, over={"ethertype": 0xD28B}, next=by("type", "ethertype", when="type", via="ethertype")):
    """Arista Vendor Specific Protocol"""

    # The high byte says which time scale, the low byte how many bits; the rest of an unknown version has no known layout.
    sub_type: u16 = field(1, "avsp.sub_type")
    version: u16 = field(0x10, "avsp.ver", base="hex")
    seconds: u32 = when("version & 0xFF == 0x10", field(0, "avsp.64sec"))
    nanoseconds: u32 = when("version & 0xFF == 0x10", field(0, "avsp.64ns"))
    seconds_low: u16 = when("version & 0xFF == 0x20", field(0, "avsp.48sec"))
    nanoseconds_48: u32 = when("version & 0xFF == 0x20", field(0, "avsp.48ns"))
    type: u16 = when("version & 0xFF == 0x10 or version & 0xFF == 0x20", field(0x0800, "avsp.etype", base="hex"))
