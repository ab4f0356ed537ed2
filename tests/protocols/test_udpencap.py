"""UDP encapsulation of ESP (RFC 3948)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "ESP",
        1,
        "02000000000202000000000108004500002800010000401100000a0000010a00000211941194001400000000123400000007aabbccdd",
        {
            "frame.protocols": "eth:ethertype:ip:udp:udpencap:esp",
            "esp.sequence": 7,
            "esp.spi": 0x00001234,
        },
    ),
    (
        "IKE",
        1,
        "02000000000202000000000108004500003c00010000401100000a0000010a000002119411940028000000000000010203040506070811121314151617182920"
        "2508000000010000001c",
        {
            "frame.protocols": "eth:ethertype:ip:udp:udpencap:isakmp",
            "isakmp.exchangetype": 37,
            "isakmp.flags": 0x08,
            "isakmp.ispi": "0102030405060708",
            "isakmp.length": 28,
            "isakmp.messageid": 0x00000001,
            "isakmp.rspi": 1112131415161718,
            "isakmp.version": 0x20,
        },
    ),
    (
        "keepalive",
        1,
        "02000000000202000000000108004500001d00010000401100000a0000010a0000021194119400090000ff",
        {
            "frame.protocols": "eth:ethertype:ip:udp:udpencap",
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
