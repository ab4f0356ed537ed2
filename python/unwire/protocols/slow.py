"""Slow protocols (IEEE 802.3 annex 57A): a subtype says which."""

from unwire.declare import Packet, by, field, u8


class Slow(Packet, over={"ethertype": 0x8809}, next=by("subtype", "slow.subtype")):
    """Slow Protocols"""

    subtype: u8 = field(1, "slow.subtype", base="hex")
