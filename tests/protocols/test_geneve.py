"""Geneve (RFC 8926)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "no options",
        1,
        "02000000000202000000000108004500004600010000401100000a0000010a000002c35017c1003200000000655800000a000200000000040200000000030800"
        "450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:geneve:eth:ethertype:ip",
            "geneve.flags": 0x00,
            "geneve.flags.critical": 0,
            "geneve.flags.oam": 0,
            "geneve.proto_type": 0x6558,
            "geneve.reserved": 0x00,
            "geneve.version": 0,
            "geneve.vni": 0x00000A,
        },
    ),
    (
        "two options",
        1,
        "02000000000202000000000108004500004400010000401100000a0000010a000002c35017c1003000000340080000000b00010280010000000c010305004500"
        "00140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:geneve:ip",
            "geneve.flags": 0x40,
            "geneve.flags.critical": 1,
            "geneve.flags.oam": 0,
            "geneve.option.class": [0x0102, 0x0103],
            "geneve.option.type": [0x80, 0x05],
            "geneve.option.type.critical": [1, 0],
            "geneve.proto_type": 0x0800,
            "geneve.reserved": 0x00,
            "geneve.version": 0,
            "geneve.vni": 0x00000B,
        },
    ),
    (
        "cut within the options",
        1,
        "02000000000202000000000108004500002c00010000401100000a0000010a000002c35017c1001800000240080000000b0001028001",
        {
            "frame.protocols": "eth:ethertype:ip:udp:geneve",
            "geneve.flags": 0x40,
            "geneve.flags.critical": 1,
            "geneve.flags.oam": 0,
            "geneve.proto_type": 0x0800,
            "geneve.reserved": 0x00,
            "geneve.version": 0,
            "geneve.vni": 0x00000B,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
