"""EAPOL (IEEE 802.1X)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "start",
        1,
        "020000000002 020000000001 888e 01 01 0000",
        {
            "frame.protocols": "eth:ethertype:eapol",
            "eapol.len": 0,
            "eapol.type": 1,
            "eapol.version": 1,
        },
    ),
    (
        "cut",
        1,
        "020000000002 020000000001 888e 01",
        {
            "frame.protocols": "eth:ethertype:eapol",
            "eapol.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
