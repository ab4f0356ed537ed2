"""DoIP (ISO 13400-2)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "vehicle identification request",
        1,
        "02000000000202000000000108004500002400010000401100000a0000010a000002c35034580010000002fd000100000000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:doip",
            "doip.inverse": 0xFD,
            "doip.length": 0,
            "doip.type": 0x0001,
            "doip.version": 0x02,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
