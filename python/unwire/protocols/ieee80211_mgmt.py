"""Bodies of wireless LAN management frames (IEEE 802.11 clauses 9.3.3 and 9.4): fixed fields, then tagged elements."""

from unwire.declare import Mac, Packet, Part, by, field, length, raw, repeat, u8, u16, u64


class IE(Part, next=by("id", "wlan.tag"), size="2 + len", order="little"):
    """An element (clause 9.4.2)."""

    id: u8 = field(0, "wlan.tag.number")
    len: u8 = length(0, "wlan.tag.length", of="part", value="size - 2")


class SSID(IE, over={"wlan.tag": 0}):
    """The network's name."""

    ssid: bytes = raw("len", b"", "wlan.ssid")


class DS(IE, over={"wlan.tag": 3}):
    """The channel."""

    ch: u8 = field(1, "wlan.ds.current_channel")


class Beacon(Packet, name=None, over={"wlan.mgmt": (5, 8)}, order="little"):
    """A beacon or probe response."""

    timestamp: u64 = field(0, "wlan.fixed.timestamp")
    interval: u16 = field(100)
    capability: u16 = field(0, "wlan.fixed.capabilities", base="hex")
    ies: list[IE] = repeat(IE)


class ProbeRequest(Packet, name=None, over={"wlan.mgmt": 4}, order="little"):
    """A probe request."""

    ies: list[IE] = repeat(IE)


class AssocReq(Packet, name=None, over={"wlan.mgmt": 0}, order="little"):
    """An association request."""

    capability: u16 = field(0, "wlan.fixed.capabilities", base="hex")
    interval: u16 = field(0, "wlan.fixed.listen_ival", base="hex")
    ies: list[IE] = repeat(IE)


class AssocResp(Packet, name=None, over={"wlan.mgmt": (1, 3)}, order="little"):
    """An association or reassociation response."""

    capability: u16 = field(0, "wlan.fixed.capabilities", base="hex")
    status: u16 = field(0, "wlan.fixed.status_code", base="hex")
    aid: u16 = field(0)
    ies: list[IE] = repeat(IE)


class ReassocReq(Packet, name=None, over={"wlan.mgmt": 2}, order="little"):
    """A reassociation request."""

    capability: u16 = field(0, "wlan.fixed.capabilities", base="hex")
    interval: u16 = field(0, "wlan.fixed.listen_ival", base="hex")
    current_ap: Mac = field(bytes(6), "wlan.fixed.current_ap")
    ies: list[IE] = repeat(IE)


class Disassoc(Packet, name=None, over={"wlan.mgmt": (10, 12)}, order="little"):
    """A disassociation or deauthentication."""

    reason: u16 = field(0, "wlan.fixed.reason_code", base="hex")


class Auth(Packet, name=None, over={"wlan.mgmt": 11}, order="little"):
    """An authentication."""

    algorithm: u16 = field(0, "wlan.fixed.auth.alg")
    auth_seq: u16 = field(1, "wlan.fixed.auth_seq", base="hex")
    status: u16 = field(0, "wlan.fixed.status_code", base="hex")
    ies: list[IE] = repeat(IE)


class Action(Packet, name=None, over={"wlan.mgmt": (13, 14)}, order="little"):
    """An action."""

    category: u8 = field(0, "wlan.fixed.category_code")
    code: u8 = field(0)
