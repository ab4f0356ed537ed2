"""IP Authentication Header (RFC 4302)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "before nothing",
        228,
        "4500002c000100004033669c0a0000010a0000023b040000000001000000000a00112233445566778899aabb",
        {
            "frame.protocols": "ip:ah",
            "ah.icv": "00112233445566778899aabb",
            "ah.length": 4,
            "ah.next_header": 59,
            "ah.reserved": "0000",
            "ah.sequence": 10,
            "ah.spi": 256,
        },
    ),
    (
        "over IPv6, before a header",
        229,
        "600000000020334020010db800000000000000000000000120010db80000000000000000000000023c040000000001000000000a0011223344556677"
        "8899aabb3b00010400000000",
        {
            "frame.protocols": "ipv6:ah:ipv6.dstopts",
            "ah.icv": "00112233445566778899aabb",
            "ah.length": 4,
            "ah.next_header": 60,
            "ah.reserved": "0000",
            "ah.sequence": 10,
            "ah.spi": 256,
            "ipv6.dstopts.len": 0,
            "ipv6.dstopts.len_oct": 8,
            "ipv6.dstopts.nxt": 59,
        },
    ),
    (
        "cut in the check value",
        228,
        "4500002400010000403366a40a0000010a0000023b040000000001000000000a00112233",
        {
            "frame.protocols": "ip:ah",
            "ah.length": 4,
            "ah.next_header": 59,
            "ah.reserved": "0000",
            "ah.sequence": 10,
            "ah.spi": 256,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
