"""EAP over LANs (IEEE 802.1X clause 11)."""

from unwire.declare import Packet, by, field, length, u8, u16

_TYPES = {0: "EAP packet", 1: "start", 2: "logoff", 3: "key", 4: "encapsulated alert", 5: "MKA"}


class EAPOL(Packet, over={"ethertype": (0x888E, 0x88C7)}, next=by("type", "eapol.type"), size="4 + len"):
    """802.1X Authentication"""

    version: u8 = field(1, "eapol.version")
    type: u8 = field(0, "eapol.type", names=_TYPES)
    len: u16 = length(0, "eapol.len", of="layer", value="size - 4")
