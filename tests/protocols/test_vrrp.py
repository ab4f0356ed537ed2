"""VRRP (RFC 3768, RFC 5798)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "version 2",
        1,
        "01005e00001200005e00012a08004500003012340000ff70bebc0a00005be0000012212abf03010af11f0a042a010a042a020a042a036162636465666768",
        {
            "frame.protocols": "eth:ethertype:ip:vrrp",
            "vrrp.addr_count": 3,
            "vrrp.adver_int": 10,
            "vrrp.auth_type": 1,
            "vrrp.checksum": 61727,
            "vrrp.checksum.status": 1,
            "vrrp.ip_addr": ["10.4.42.1", "10.4.42.2", "10.4.42.3"],
            "vrrp.prio": 191,
            "vrrp.type": 1,
            "vrrp.typever": 33,
            "vrrp.version": 2,
            "vrrp.virt_rtr_id": 42,
        },
    ),
    (
        "version 3",
        1,
        "01005e00001200005e00010108004500002400000000ff701a91c0a8001ee0000012310164020001484dc0a80001c0a80002",
        {
            "frame.protocols": "eth:ethertype:ip:vrrp",
            "vrrp.addr_count": 2,
            "vrrp.checksum": 18509,
            "vrrp.checksum.status": 1,
            "vrrp.ip_addr": ["192.168.0.1", "192.168.0.2"],
            "vrrp.prio": 100,
            "vrrp.reserved_mbz": 0,
            "vrrp.short_adver_int": 1,
            "vrrp.type": 1,
            "vrrp.typever": 49,
            "vrrp.version": 3,
            "vrrp.virt_rtr_id": 1,
        },
    ),
    (
        "version 3 over IPv6",
        1,
        "33330000001200005e0002248100002486dd6e000000001870fffe800000000000000000000000000002ff0200000000000000000000000000123124"
        "640103e8341bfe800000000000000000000000003636",
        {
            "frame.protocols": "eth:ethertype:vlan:ethertype:ipv6:vrrp",
            "vrrp.addr_count": 1,
            "vrrp.checksum": 13339,
            "vrrp.checksum.status": 1,
            "vrrp.ipv6_addr": "fe80::3636",
            "vrrp.prio": 100,
            "vrrp.reserved_mbz": 0,
            "vrrp.short_adver_int": 1000,
            "vrrp.type": 1,
            "vrrp.typever": 49,
            "vrrp.version": 3,
            "vrrp.virt_rtr_id": 36,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
