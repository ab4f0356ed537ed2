"""Configuration Test Protocol."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "reply",
        1,
        "020000000002 020000000001 9000 0000 0100 0700 00000000",
        {
            "frame.protocols": "eth:ethertype:loop",
            "loop.function": 1,
            "loop.receipt_number": 7,
            "loop.skipcount": 0,
        },
    ),
    (
        "forward",
        1,
        "020000000002 020000000001 9000 0000 0200 020000000009 0100 0000",
        {
            "frame.protocols": "eth:ethertype:loop",
            "loop.forwarding_address": "02:00:00:00:00:09",
            "loop.function": [2, 1],
            "loop.receipt_number": 0,
            "loop.skipcount": 0,
        },
    ),
    (
        "cut",
        1,
        "020000000002 020000000001 9000 0000",
        {
            "frame.protocols": "eth:ethertype:loop",
            "loop.skipcount": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
