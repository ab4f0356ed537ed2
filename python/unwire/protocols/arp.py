"""Address Resolution Protocol (RFC 826) and its reverse (RFC 903)."""

from typing import ClassVar

from unwire.declare import Ip4, Mac, Packet, field, raw, reading, u8, u16, when

_OPERATIONS = {1: "request", 2: "reply", 3: "reverse request", 4: "reverse reply", 8: "inverse request", 9: "inverse reply"}
#: RFC 826 leaves the kind of addresses to the types: only Ethernet's and IPv4's are read as such.
_ETHERNET = "(hrd == 1 or hrd == 6) and hln == 6"
_IPV4 = "pro == 0x800 and pln == 4"


class ARP(
    Packet,
    over={"ethertype": (0x0806, 0x8035)},
    aliases={
        "htype": "arp.hw.type", "ptype": "arp.proto.type", "hlen": "arp.hw.size", "plen": "arp.proto.size", "oper": "arp.opcode",
        "sha": "arp.src.hw_mac", "spa": "arp.src.proto_ipv4", "tha": "arp.dst.hw_mac", "tpa": "arp.dst.proto_ipv4",
    },
    info="{op}{dst_ip? for $dst_ip}{src_ip? from $src_ip}{src_mac? at $src_mac}",
):  # fmt: skip
    """Address Resolution Protocol"""

    __header__: ClassVar[dict[str, str]] = {"sha": "6s", "spa": "4s", "tha": "6s", "tpa": "4s"}

    hrd: u16 = field(1, "arp.hw.type")
    pro: u16 = field(0x0800, "arp.proto.type", base="hex")
    hln: u8 = field(6, "arp.hw.size")
    pln: u8 = field(4, "arp.proto.size")
    op: u16 = field(1, "arp.opcode", names=_OPERATIONS)
    sha: bytes = raw("hln", b"", whole=True)
    src_mac: Mac = reading("sha", when(_ETHERNET, Mac), "arp.src.hw_mac")
    src_hw: bytes = reading("sha", when(f"not ({_ETHERNET})", raw("hln")), "arp.src.hw")
    spa: bytes = raw("pln", b"", whole=True)
    src_ip: Ip4 = reading("spa", when(_IPV4, Ip4), "arp.src.proto_ipv4")
    src_proto: bytes = reading("spa", when(f"not ({_IPV4})", raw("pln")), "arp.src.proto")
    tha: bytes = raw("hln", b"", whole=True)
    dst_mac: Mac = reading("tha", when(_ETHERNET, Mac), "arp.dst.hw_mac")
    dst_hw: bytes = reading("tha", when(f"not ({_ETHERNET})", raw("hln")), "arp.dst.hw")
    tpa: bytes = raw("pln", b"", whole=True)
    dst_ip: Ip4 = reading("tpa", when(_IPV4, Ip4), "arp.dst.proto_ipv4")
    dst_proto: bytes = reading("tpa", when(f"not ({_IPV4})", raw("pln")), "arp.dst.proto")
