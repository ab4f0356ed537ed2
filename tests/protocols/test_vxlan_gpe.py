"""VXLAN-GPE."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "IPv4",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a000002c35012b6002400000c00000100000a00450000140001000040fd00000a01"
        "00010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:ip",
            "vxlan.i_bit": 1,
            "vxlan.next_proto": 1,
            "vxlan.o_bit": 0,
            "vxlan.p_bit": 1,
            "vxlan.reserved8": 0,
            "vxlan.reserved_16": 0,
            "vxlan.ver": 0,
            "vxlan.vni": 10,
        },
    ),
    (
        "Ethernet",
        1,
        "02000000000202000000000108004500004600010000401100000a0000010a000002c35012b6003200000c00000300000a000200000000040200000000030800"
        "450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:eth:ethertype:ip",
            "vxlan.i_bit": 1,
            "vxlan.next_proto": 3,
            "vxlan.o_bit": 0,
            "vxlan.p_bit": 1,
            "vxlan.reserved8": 0,
            "vxlan.reserved_16": 0,
            "vxlan.ver": 0,
            "vxlan.vni": 10,
        },
    ),
    (
        "NSH",
        1,
        "02000000000202000000000108004500004000010000401100000a0000010a000002c35012b6002c00000c00000400000a000fc2020100030907450000140001"
        "000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:nsh:ip",
            "vxlan.i_bit": 1,
            "vxlan.next_proto": 4,
            "vxlan.o_bit": 0,
            "vxlan.p_bit": 1,
            "vxlan.reserved8": 0,
            "vxlan.reserved_16": 0,
            "vxlan.ver": 0,
            "vxlan.vni": 10,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
