"""Internet Protocol version 6 (RFC 8200), its fixed header. Extension headers have files of their own."""

from unwire.declare import Ip6, Packet, bits, by, column, field, length, u8, u16, u24, u32


class IP6(
    Packet,
    name="ipv6",
    over={"ethertype": 0x86DD, "ip.proto": 41, "ip.version": 6, "link": 229},
    next=by("nxt", "ip.proto"),
    size="40 + plen if plen else left",
    pseudo=("src", "dst"),
    pseudo_zero="illegal",
):
    """Internet Protocol Version 6"""

    _v_fc_flow: u32 = field(0x60000000)
    v: int = bits(4, 6, "ip.version")
    fc: u32 = bits(8, 0, "ipv6.tclass", base="hex")
    flow: u24 = bits(20, 0, "ipv6.flow", base="hex")
    plen: u16 = length(0, "ipv6.plen", of="layer", value="size - 40")
    nxt: u8 = field(0, "ipv6.nxt")
    hlim: u8 = field(0, "ipv6.hlim")
    src: Ip6 = field(bytes(16), "ipv6.src", also="ipv6.addr")
    dst: Ip6 = field(bytes(16), "ipv6.dst", also="ipv6.addr")
