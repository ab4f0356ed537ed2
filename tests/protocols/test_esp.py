"""ESP (RFC 4303)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "over IPv4",
        1,
        "02000000000202000000000108004500002600010000403200000a0000010a0000020000123400000007aabbccddeeff00112233",
        {
            "frame.protocols": "eth:ethertype:ip:esp",
            "esp.sequence": 7,
            "esp.spi": 0x00001234,
        },
    ),
    (
        "over IPv6, header only",
        1,
        "02000000000202000000000186dd600000000008324020010db800000000000000000000000120010db8000000000000000000000002c0ffee0100000001",
        {
            "frame.protocols": "eth:ethertype:ipv6:esp",
            "esp.sequence": 1,
            "esp.spi": 0xC0FFEE01,
        },
    ),
    (
        "cut within the header",
        1,
        "02000000000202000000000108004500001c00010000403200000a0000010a000002000012340000",
        {
            "frame.protocols": "eth:ethertype:ip:esp",
            "esp.spi": 0x00001234,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
