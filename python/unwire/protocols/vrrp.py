"""Virtual Router Redundancy Protocol, versions 2 (RFC 3768) and 3 (RFC 5798)."""

from unwire.declare import Ip4, Ip6, Packet, bits, checksum, field, length, raw, reading, repeat, u8, u16


class VRRP(Packet, over={"ip.proto": 112}, when="v == 2"):
    """Virtual Router Redundancy Protocol"""

    _v_type: u8 = field(0x21)
    v: int = bits(4, 2, "vrrp.version")
    type: int = bits(4, 1, "vrrp.type")
    vrid: u8 = field(0, "vrrp.virt_rtr_id")
    priority: u8 = field(0, "vrrp.prio")
    count: u8 = length(0, "vrrp.addr_count", of="addrs", value="size // 4")
    atype: u8 = field(0, "vrrp.auth_type")
    advtime: u8 = field(0, "vrrp.adver_int")
    sum: u16 = checksum(0, "vrrp.checksum", how="inet", base="hex")
    addrs: list[bytes] = repeat(Ip4, "vrrp.ip_addr", count="count")
    auth: bytes = raw("rest", b"")
    typever: u8 = reading("_v_type", u8, "vrrp.typever")


class VRRP3(VRRP, name="vrrp", over={"ip.proto": 112}, when="v == 3", fresh=True):
    """Virtual Router Redundancy Protocol, version 3"""

    _v_type: u8 = field(0x31)
    v: int = bits(4, 3, "vrrp.version")
    type: int = bits(4, 1, "vrrp.type")
    vrid: u8 = field(0, "vrrp.virt_rtr_id")
    priority: u8 = field(100, "vrrp.prio")
    count: u8 = field(0, "vrrp.addr_count")
    _interval: u16 = field(100)
    reserved: u8 = bits(4, 0, "vrrp.reserved_mbz")
    interval: u16 = bits(12, 100, "vrrp.short_adver_int")
    # RFC 5798 section 5.2.8: unlike version 2, with the pseudo header, over IPv4 too.
    sum: u16 = checksum(0, "vrrp.checksum", how="inet", pseudo=True, base="hex")
    # What carries it is known by how much there is.
    addrs: list[bytes] = repeat(Ip4, "vrrp.ip_addr", count="count if left < 16 * count else 0")
    addrs6: list[bytes] = repeat(Ip6, "vrrp.ipv6_addr", count="left // 16 if left >= 16 * count else 0")
    typever: u8 = reading("_v_type", u8, "vrrp.typever")
