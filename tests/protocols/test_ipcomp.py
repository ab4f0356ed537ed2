"""IPComp (RFC 3173)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "LZS",
        1,
        "02000000000202000000000108004500001c00010000406c00000a0000010a00000206000003e0e1e2e3",
        {
            "frame.protocols": "eth:ethertype:ip:ipcomp",
            "ipcomp.cpi": 0x0003,
            "ipcomp.flags": 0x00,
            "ipcomp.next_header": 0x06,
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500001800010000406c00000a0000010a0000020600",
        {
            "frame.protocols": "eth:ethertype:ip:ipcomp",
            "ipcomp.flags": 0x00,
            "ipcomp.next_header": 0x06,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
