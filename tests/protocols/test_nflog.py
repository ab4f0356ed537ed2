"""Netfilter log."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4",
        239,
        "02 00 0000 0800 0100 08000100 0500 0a00 00000000 2000 0900 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "nflog:ip:udp",
            "nflog.family": 2,
            "nflog.res_id": 0,
            "nflog.tlv_length": [8, 5, 32],
            "nflog.tlv_type": [1, 10, 9],
            "nflog.version": 0,
        },
    ),
    (
        "cut in an attribute",
        239,
        "02 00 0000 0800 0100 08",
        {
            "frame.protocols": "nflog",
            "nflog.family": 2,
            "nflog.res_id": 0,
            "nflog.version": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
