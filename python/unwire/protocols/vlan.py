"""IEEE 802.1Q tags, stacked as 802.1ad does it."""

from unwire.declare import Packet, bits, by, field, u16


class VLANtag8021Q(Packet, name="vlan", over={"ethertype": (0x8100, 0x88A8, 0x9100)}, next=by("type", "ethertype", via="ethertype"), fold="vlan_tags"):
    """802.1Q Virtual LAN"""

    _pri_cfi_id: u16 = field(0)
    pri: int = bits(3, 0, "vlan.priority")
    cfi: int = bits(1, 0, "vlan.dei")
    id: int = bits(12, 0, "vlan.id")
    type: u16 = field(0x0800, "vlan.etype", base="hex")
