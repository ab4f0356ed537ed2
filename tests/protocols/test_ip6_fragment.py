"""IPv6 fragment header (RFC 8200)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "first",
        229,
        "6000000000102c4020010db800000000000000000000000120010db80000000000000000000000023b000001123456786162636465666768",
        {
            "frame.protocols": "ipv6:ipv6.fraghdr",
            "ipv6.fraghdr.ident": 305419896,
            "ipv6.fraghdr.more": 1,
            "ipv6.fraghdr.nxt": 59,
            "ipv6.fraghdr.offset": 0,
            "ipv6.fraghdr.reserved_bits": 0,
            "ipv6.fraghdr.reserved_octet": 0,
        },
    ),
    (
        "later",
        229,
        "6000000000102c4020010db800000000000000000000000120010db800000000000000000000000211000010123456786162636465666768",
        {
            "frame.protocols": "ipv6:ipv6.fraghdr",
            "ipv6.fraghdr.ident": 305419896,
            "ipv6.fraghdr.more": 0,
            "ipv6.fraghdr.nxt": 17,
            "ipv6.fraghdr.offset": 2,
            "ipv6.fraghdr.reserved_bits": 0,
            "ipv6.fraghdr.reserved_octet": 0,
        },
    ),
    (
        "cut",
        229,
        "6000000000062c4020010db800000000000000000000000120010db8000000000000000000000002110000101234",
        {
            "frame.protocols": "ipv6:ipv6.fraghdr",
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
