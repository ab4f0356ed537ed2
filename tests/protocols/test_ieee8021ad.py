"""IEEE 802.1ad service tags."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "one service tag",
        1,
        "020000000002 020000000001 88a8 3030 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:ieee8021ad:ethertype:ip:udp",
            "ieee8021ad.dei": 1,
            "ieee8021ad.id": 48,
            "ieee8021ad.priority": 1,
        },
    ),
    (
        "cut in the tag",
        1,
        "020000000002 020000000001 88a8 3030",
        {
            "frame.protocols": "eth:ethertype:ieee8021ad",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
