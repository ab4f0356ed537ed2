"""BSD loopback."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "big-endian IPv4",
        0,
        "00000002 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "null:ip:udp",
            "null.family": 2,
        },
    ),
    (
        "little-endian IPv6",
        0,
        "1e000000 6000000000083a40 fe80000000000000 0000000000000001 fe80000000000000 0000000000000002 8000000000000000",
        {
            "frame.protocols": "null:ipv6:icmpv6",
            "null.family": 30,
        },
    ),
    (
        "cut in the family",
        0,
        "0200",
        {
            "frame.protocols": None,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
