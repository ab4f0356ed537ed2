"""GTP version 2 (TS 29.274)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "echo request",
        1,
        "02000000000202000000000108004500002400010000401100000a0000010a000002c350084b001000004001000400000700",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:gtpv2",
            "gtpv2.flags": 0x40,
            "gtpv2.message_type": 1,
            "gtpv2.msg_length": 4,
            "gtpv2.p": 0,
            "gtpv2.seq": 0x000007,
            "gtpv2.t": 0,
            "gtpv2.version": 2,
        },
    ),
    (
        "with TEID",
        1,
        "02000000000202000000000108004500002800010000401100000a0000010a000002c350084b00140000482000080000000100000700",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:gtpv2",
            "gtpv2.flags": 0x48,
            "gtpv2.message_type": 32,
            "gtpv2.msg_length": 8,
            "gtpv2.p": 0,
            "gtpv2.seq": 0x000007,
            "gtpv2.t": 1,
            "gtpv2.teid": 0x00000001,
            "gtpv2.version": 2,
        },
    ),
    (
        "two messages",
        1,
        "02000000000202000000000108004500002c00010000401100000a0000010a000002c350084b0018000050010004000007004002000400000800",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:gtpv2",
            "gtpv2.flags": [0x50, 0x40],
            "gtpv2.message_type": [1, 2],
            "gtpv2.msg_length": [4, 4],
            "gtpv2.p": [1, 0],
            "gtpv2.seq": [0x000007, 0x000008],
            "gtpv2.t": [0, 0],
            "gtpv2.version": [2, 2],
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
