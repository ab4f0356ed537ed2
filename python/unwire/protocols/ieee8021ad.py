"""Provider bridges (IEEE 802.1ad, now 802.1Q clause 9.6): the service tag."""

from typing import ClassVar

from unwire.declare import bits, by, column, field, u16, when
from unwire.protocols.vlan import VLANtag8021Q


class IEEE8021ad(
    VLANtag8021Q,
    fresh=True,
    name="ieee8021ad",
    over={"ethertype": 0x88A8},
    next=by("type", "ethertype", via="ethertype"),
    flow={"tag": "id"},
    fold="Ethernet.vlan_tags",
):
    """IEEE 802.1ad"""

    __shown_as__: ClassVar[type] = VLANtag8021Q

    _pri_cfi_id: u16 = field(0)
    pri: u16 = bits(3, 0, "ieee8021ad.priority")
    cfi: u16 = bits(1, 0, "ieee8021ad.dei")
    id: u16 = bits(12, 0)
    type: u16 = field(0x8100, "ieee8021ah.etype", base="hex")
    # A second service tag directly above makes this one the service's, that one the customer's.
    vid: u16 = when("type != 0x88A8", column("id", "ieee8021ad.id"))
    svid: u16 = when("type == 0x88A8", column("id", "ieee8021ad.svid"))
