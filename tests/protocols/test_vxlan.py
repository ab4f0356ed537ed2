"""VXLAN (RFC 7348)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "plain",
        1,
        "02000000000202000000000108004500004600010000401100000a0000010a000002c35012b50032000008000000000457000200000000040200000000030800"
        "450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:vxlan:eth:ethertype:ip",
            "vxlan.flag_a": 0,
            "vxlan.flag_d": 0,
            "vxlan.flag_g": 0,
            "vxlan.flag_i": 1,
            "vxlan.flags": 0x0800,
            "vxlan.gbp": 0,
            "vxlan.reserved8": 0,
            "vxlan.vni": 1111,
        },
    ),
    (
        "group policy",
        1,
        "02000000000202000000000108004500004600010000401100000a0000010a000002c35012b50032000088480010000457000200000000040200000000030800"
        "450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:vxlan:eth:ethertype:ip",
            "vxlan.flag_a": 1,
            "vxlan.flag_d": 1,
            "vxlan.flag_g": 1,
            "vxlan.flag_i": 1,
            "vxlan.flags": 0x8848,
            "vxlan.gbp": 16,
            "vxlan.reserved8": 0,
            "vxlan.vni": 1111,
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500002400010000401100000a0000010a000002c35012b50010000008000000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:vxlan",
            "vxlan.flag_a": 0,
            "vxlan.flag_d": 0,
            "vxlan.flag_g": 0,
            "vxlan.flag_i": 1,
            "vxlan.flags": 0x0800,
            "vxlan.gbp": 0,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
