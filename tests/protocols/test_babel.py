"""Babel (RFC 8966)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "hello and a pad",
        1,
        "02000000000202000000000108004500002900010000401100000a0000010a000002c3501a28001500002a02000904060000e316019000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:babel",
            "babel.bodylen": 9,
            "babel.magic": 42,
            "babel.message.length": 6,
            "babel.message.type": [4, 0],
            "babel.version": 2,
        },
    ),
    (
        "an authenticated packet",
        1,
        "02000000000202000000000108004500002e00010000401100000a0000010a000002c3501a28001a00002a02000804060000e31601901004a1a2a3a4",
        {
            "frame.protocols": "eth:ethertype:ip:udp:babel",
            "babel.bodylen": 8,
            "babel.magic": 42,
            "babel.message.length": [6, 4],
            "babel.message.type": [4, 16],
            "babel.version": 2,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
