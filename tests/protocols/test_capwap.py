"""CAPWAP (RFC 5415)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "discovery",
        1,
        "02000000000202000000000108004500002c00010000401100000a0000010a000002c350147e00180000002002100000000006580a20690e2000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:capwap",
            "capwap.header.flags.f": 0,
            "capwap.header.flags.k": 0,
            "capwap.header.flags.l": 0,
            "capwap.header.flags.m": 1,
            "capwap.header.flags.t": 0,
            "capwap.header.flags.w": 0,
            "capwap.header.fragment.id": 0,
            "capwap.header.fragment.offset": 0,
            "capwap.header.length": 4,
            "capwap.header.mac.length": 6,
            "capwap.header.rid": 0,
            "capwap.header.wbid": 1,
            "capwap.preamble.type": 0,
        },
    ),
    (
        "under DTLS",
        1,
        "02000000000202000000000108004500002000010000401100000a0000010a000002c350147e000c000001000000",
        {
            "capwap.preamble.reserved": 0,
            "capwap.preamble.type": 1,
            "capwap.preamble.version": 0,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
