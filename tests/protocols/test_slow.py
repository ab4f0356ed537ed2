"""Slow protocols."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "LACP",
        1,
        "020000000002 020000000001 8809 01 01",
        {
            "frame.protocols": "eth:ethertype:slow:lacp",
            "slow.subtype": 0x01,
        },
    ),
    (
        "cut before the subtype",
        1,
        "020000000002 020000000001 8809",
        {
            "frame.protocols": "eth",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
