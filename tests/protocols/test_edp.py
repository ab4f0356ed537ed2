"""Extreme Discovery Protocol."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "a header alone",
        1,
        "020000000002 020000000001 0018 aaaa03 00e02b 00bb 01 00 0010 0000 0007 0000 020000000001",
        {
            "frame.protocols": "eth:llc:edp",
            "edp.checksum": 0x0000,
            "edp.length": 16,
            "edp.midmac": "02:00:00:00:00:01",
            "edp.midtype": 0,
            "edp.reserved": 0,
            "edp.seqno": 7,
            "edp.version": 1,
        },
    ),
    (
        "cut in the address",
        1,
        "020000000002 020000000001 0018 aaaa03 00e02b 00bb 01 00 0010 0000 0007 0000 0200",
        {
            "frame.protocols": "eth:llc:edp",
            "edp.checksum": 0x0000,
            "edp.length": 16,
            "edp.midtype": 0,
            "edp.reserved": 0,
            "edp.seqno": 7,
            "edp.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
