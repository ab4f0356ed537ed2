"""FDDI."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "LLC",
        10,
        "50 020000000002 020000000001 aaaa03 000000 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "fddi:llc:ip:udp",
            "fddi.fc": 0x50,
            "fddi.fc.clf": 0x05,
        },
    ),
    (
        "cut",
        10,
        "50 0200",
        {
            "frame.protocols": "fddi",
            "fddi.fc": 0x50,
            "fddi.fc.clf": 0x05,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
