"""AppleTalk address resolution."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "a request",
        1,
        "020000000002 020000000001 0024 aaaa03 000000 80f3 0001 809b 06 04 0001 020000000001 00002ecb 000000000000 0000513e",
        {
            "frame.protocols": "eth:llc:aarp",
            "aarp.dst.hw_mac": "00:00:00:00:00:00",
            "aarp.dst.proto_id": "0000513e",
            "aarp.hard.size": 6,
            "aarp.hard.type": 0x0001,
            "aarp.opcode": 1,
            "aarp.proto.size": 4,
            "aarp.proto.type": 0x809B,
            "aarp.src.hw_mac": "02:00:00:00:00:01",
            "aarp.src.proto_id": "00002ecb",
        },
    ),
    (
        "cut in the sender",
        1,
        "020000000002 020000000001 0024 aaaa03 000000 80f3 0001 809b 06 04 0001 0200",
        {
            "frame.protocols": "eth:llc:aarp",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
