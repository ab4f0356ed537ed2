"""PPP's control protocols for IP (RFC 1332, RFC 1877) and IPv6 (RFC 5072)."""

from unwire.declare import Ip4, Packet, Part, by, field, length, raw, repeat, u8, u16, when


class IPCPOption(Part, next=by("type", "ipcp.option"), size="len"):
    """A configuration option."""

    type: u8 = field(0, "ipcp.opt.type")
    len: u8 = length(2, "ipcp.opt.length", of="part")


class IPAddress(IPCPOption, over={"ipcp.option": 3}):
    """The address that the sender wants or assigns."""

    addr: Ip4 = field(bytes(4), "ipcp.opt.ip_address")


class PrimaryDNS(IPCPOption, over={"ipcp.option": 129}):
    """RFC 1877 section 1.1."""

    addr: Ip4 = field(bytes(4), "ipcp.opt.pri_dns_address")


class PrimaryNBNS(IPCPOption, over={"ipcp.option": 130}):
    """RFC 1877 section 1.2."""

    addr: Ip4 = field(bytes(4), "ipcp.opt.pri_nbns_address")


class SecondaryDNS(IPCPOption, over={"ipcp.option": 131}):
    """RFC 1877 section 1.3."""

    addr: Ip4 = field(bytes(4), "ipcp.opt.sec_dns_address")


class SecondaryNBNS(IPCPOption, over={"ipcp.option": 132}):
    """RFC 1877 section 1.4."""

    addr: Ip4 = field(bytes(4), "ipcp.opt.sec_nbns_address")


class IPCP(Packet, over={"ppp.protocol": 0x8021}, size="len"):
    """PPP IP Control Protocol"""

    code: u8 = field(1, "ppp.code")
    id: u8 = field(0, "ppp.identifier")
    len: u16 = length(4, "ppp.length", of="layer")
    opts: list[IPCPOption] = when("1 <= code <= 4", repeat(IPCPOption))
    data: bytes = raw("rest", b"")


class IPV6CP(Packet, over={"ppp.protocol": 0x8057}, size="len"):
    """PPP IPv6 Control Protocol"""

    code: u8 = field(1, "ppp.code")
    id: u8 = field(0, "ppp.identifier")
    len: u16 = length(4, "ppp.length", of="layer")
    data: bytes = raw("rest", b"")
