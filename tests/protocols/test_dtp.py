"""Dynamic trunking."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "domain and neighbour",
        1,
        "020000000002 020000000001 001b aaaa03 00000c 2004 01 0001 0008 6c616200 0004 000a 020000000001",
        {
            "frame.protocols": "eth:llc:dtp",
            "dtp.domain": "lab",
            "dtp.senderid": "02:00:00:00:00:01",
            "dtp.tlv_len": [8, 10],
            "dtp.tlv_type": [0x0001, 0x0004],
            "dtp.version": 1,
        },
    ),
    (
        "cut in the domain",
        1,
        "020000000002 020000000001 001b aaaa03 00000c 2004 01 0001 0008 6c",
        {
            "frame.protocols": "eth:llc:dtp",
            "dtp.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
