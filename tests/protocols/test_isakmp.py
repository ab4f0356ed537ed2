"""ISAKMP (RFC 2408, RFC 7296)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "IKEv2 informational",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a00000201f401f40024000001020304050607081112131415161718002025080000"
        "00010000001c",
        {
            "frame.protocols": "eth:ethertype:ip:udp:isakmp",
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
        "cut",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a00000201f401f40024000001020304050607081112131415161718",
        {
            "frame.protocols": "eth:ethertype:ip:udp",
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
