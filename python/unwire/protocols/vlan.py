"""IEEE 802.1Q tags, stacked as 802.1ad does it."""

from typing import Any, ClassVar

from unwire.declare import Packet, bits, by, column, field, flag, payload, raw, u16, when


class VLANtag8021Q(
    Packet,
    name="vlan",
    aliases={"pcp": "vlan.priority", "dei": "vlan.dei", "vid": "vlan.id", "etype": "vlan.etype"},
    over={"ethertype": (0x8100, 0x9100, 0x9200)},
    next=(
        by("type", "ethertype", when="type > 1500", via="ethertype"),
        by("peek(2)", "eth.raw", when="type <= 1500 and peek(2) == 0xFFFF"),
        by(0, "eth.llc", when="type <= 1500 and peek(2) != 0xFFFF"),
    ),
    flow={"tag": "id"},
    fold="Ethernet.vlan_tags",
):
    """802.1Q Virtual LAN"""

    __header_only__: ClassVar[bool] = True

    _pri_cfi_id: u16 = field(0)
    pri: u16 = bits(3, 0, "vlan.priority")
    cfi: flag = bits(1, 0, "vlan.dei")
    id: u16 = bits(12, 0, "vlan.id")
    type: u16 = field(0x0800)
    # IEEE 802.1Q clause 9.4: what follows the tag is what would have followed the addresses, and may be an 802.3 length.
    etype: u16 = when("type > 1500", column("type", "vlan.etype", base="hex"))
    len: u16 = when("type <= 1500", column("type", "vlan.len"))
    data: Any = payload("left if type > 1500 else min(type, left)")
    trailer: bytes = when("left", raw("left", b""))

    def as_tuple(self) -> tuple[int, int, int]:
        """Return VLAN, priority and drop eligibility, dpkt's older view of a tag"""
        return self.id, self.pri, self.cfi
