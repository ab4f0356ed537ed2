"""Internet Protocol version 4 (RFC 791). Options live in ip_options.py."""

import warnings
from collections.abc import Callable
from typing import Any, ClassVar

from unwire.declare import (
    Area,
    Ip4,
    Numbers,
    Options,
    Packet,
    bits,
    by,
    checksum,
    column,
    field,
    flag,
    length,
    raw,
    reading,
    repeat,
    stop,
    u8,
    u16,
    u32,
)  # fmt: skip
from unwire.protocols.ip_options import IPOption

#: IANA's protocol numbers in Wireshark's words, the common ones.
PROTOCOLS = {
    1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 17: "UDP", 41: "IPv6", 47: "Generic Routing Encapsulation", 50: "Encap Security Payload",
    51: "Authentication Header", 58: "ICMPv6", 89: "OSPF IGP", 103: "PIM", 112: "VRRP", 132: "SCTP",
}  # fmt: skip


def _dotted(address: bytes) -> str:
    return ".".join(map(str, address))


def _protocol(number: int) -> str | None:
    return getattr(IP._protosw.get(number), "__name__", None)


class IP(
    Packet,
    over={"ethertype": 0x0800, "ip.proto": 4, "ip.version": 4, "link": 228, "llc.dsap": 6, "ppp.protocol": 0x0021},
    when="v == 4",
    next=(by("p", "ip.proto", when="offset == 0"), stop("fragment")),
    # A length of 0 is a segment that the network card was left to cut (TSO): it takes what the frame has.
    size="len if len else left",
    fragment="mf or offset",
    pseudo=("src", "dst"),
    flow={"protocol": "p", "offset": "8 * offset", "more": "mf", "id": "id"},
    aliases={
        "version": "ip.version", "IHL": "ip.hdr_len//4", "header_size": "ip.hdr_len", "DSCP": "ip.dsfield.dscp", "ECN": "ip.dsfield.ecn",
        "total_size": "ip.len", "id": "ip.id", "flags.DF": "ip.flags.df", "flags.MF": "ip.flags.mf", "fragment_offset": "ip.frag_offset",
        "TTL": "ip.ttl", "protocol": "ip.proto", "checksum": "ip.checksum", "src": "ip.src", "dst": "ip.dst", "data": "ip:",
    },
):  # fmt: skip
    """Internet Protocol Version 4"""

    #: dpkt states the length when the object is made, and takes a length below the header's at its word; of all classes only here.
    __states_lengths__: ClassVar[bool] = True
    _protosw: ClassVar[Numbers] = Numbers("ip.proto")
    __pprint_funcs__: ClassVar[dict[str, Callable[[Any], object]]] = {"src": _dotted, "dst": _dotted, "sum": hex, "p": _protocol}

    _v_hl: u8 = field(0x45)
    v: int = bits(4, 4, "ip.version")
    hl: int = bits(4, 5, of="header", value="size // 4", expect="hl >= 5")
    tos: u8 = field(0, "ip.dsfield", base="hex")
    # RFC 2474 section 3 and RFC 3168 section 5 divide the octet.
    dscp: u8 = bits(6, 0, "ip.dsfield.dscp")
    ecn: u8 = bits(2, 0, "ip.dsfield.ecn")
    len: u16 = length(20, of="layer")
    id: u16 = field(0, "ip.id", base="hex")
    _flags_offset: u16 = field(0)
    rf: flag = bits(1, 0, "ip.flags.rb")
    df: flag = bits(1, 0, "ip.flags.df")
    mf: flag = bits(1, 0, "ip.flags.mf")
    offset: int = bits(13, 0, "ip.frag_offset")
    ttl: u8 = field(64, "ip.ttl")
    p: u8 = field(0, "ip.proto", names=PROTOCOLS)
    sum: u16 = checksum(0, "ip.checksum", how="inet", over="header", base="hex")
    src: Ip4 = field(bytes(4), "ip.src", also="ip.addr")
    dst: Ip4 = field(bytes(4), "ip.dst", also="ip.addr")
    opts: bytes = raw("4 * hl - 20", b"")
    # RFC 791 section 3.1: nothing behind the end of the list is an option.
    options: Options = reading("opts", repeat(IPOption, until="item.type == 0"), shown=Area(family=IPOption, most=40))
    hdr_len: u8 = column("4 * hl", "ip.hdr_len")
    flags: u8 = column("rf << 2 | df << 1 | mf", "ip.flags", base="hex")
    ip_len: u32 = column("len if len else size", "ip.len")

    @property
    def off(self) -> int:
        """Flags and fragment offset as one number, as dpkt once had them."""
        warnings.warn("IP.off is deprecated", stacklevel=2)
        return self._flags_offset

    @off.setter
    def off(self, value: int) -> None:
        # dpkt sets the offset alone, so that its own flags do not fit.
        warnings.warn("IP.off is deprecated", stacklevel=2)
        self._flags_offset = value

    @classmethod
    def set_proto(cls, p: int, pktclass: type) -> None:
        """Let a class answer to a protocol number, for packets read from now on."""
        cls._protosw[p] = pktclass

    @classmethod
    def get_proto(cls, p: int) -> Any:
        """The class that answers to a protocol number."""
        return cls._protosw[p]


class IPOther(
    Packet,
    name="ip",
    over={"ethertype": 0x0800, "ip.proto": 4, "link": 228},
    when="peek(1) >> 4 != 4",
    next=(by(6, "ip.version", when="peek(1) >> 4 == 6"), stop("end")),
):
    """Under IPv4's number, but not version 4: Wireshark reads version 6 all the same and nothing else; objects are IPv4's, as dpkt's"""

    __shown_as__: ClassVar[type] = IP

    v: u8 = column("peek(1) >> 4", "ip.version")
