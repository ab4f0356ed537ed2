"""EtherIP (RFC 3378)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "a frame within IP",
        1,
        "02000000000202000000000108004500003800010000406100000a0000010a00000230000200000000040200000000030800450000140001000040fd00000a01"
        "00010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:etherip:eth:ethertype:ip",
            "etherip.reserved": 0x0000,
            "etherip.ver": 3,
        },
    ),
    (
        "no payload",
        1,
        "02000000000202000000000108004500001600010000406100000a0000010a0000023000",
        {
            "etherip.reserved": 0x0000,
            "etherip.ver": 3,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
