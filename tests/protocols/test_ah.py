"""Authentication Header (RFC 4302)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "over IPv4",
        1,
        "02000000000202000000000108004500004000010000403300000a0000010a0000020404000000000100000000020102030405060708090a0b0c450000140001"
        "000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:ah:ip",
            "ah.icv": "0102030405060708090a0b0c",
            "ah.next_header": 4,
            "ah.sequence": 2,
            "ah.spi": 0x00000100,
        },
    ),
    (
        "over IPv6, shorter ICV",
        1,
        "02000000000202000000000186dd600000000010334020010db800000000000000000000000120010db80000000000000000000000023b020000000000010000"
        "0003a1a2a3a4",
        {
            "frame.protocols": "eth:ethertype:ipv6:ah",
            "ah.icv": "a1a2a3a4",
            "ah.next_header": 59,
            "ah.sequence": 3,
            "ah.spi": 0x00000001,
        },
    ),
    (
        "cut within the ICV",
        1,
        "02000000000202000000000108004500002c00010000403300000a0000010a00000204040000000001000000000201020304",
        {
            "frame.protocols": "eth:ethertype:ip:ah",
            "ah.next_header": 4,
            "ah.sequence": 2,
            "ah.spi": 0x00000100,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
