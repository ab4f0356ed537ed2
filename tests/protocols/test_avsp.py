"""Arista's time stamps."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "64 bits",
        1,
        "020000000002 020000000001 d28b 0001 0010 5ceeed57 384f59c8 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:avsp:ethertype:ip:udp",
            "avsp.64ns": 944724424,
            "avsp.64sec": 1559162199,
            "avsp.etype": 0x0800,
            "avsp.sub_type": 1,
            "avsp.ver": 0x0010,
        },
    ),
    (
        "48 bits",
        1,
        "020000000002 020000000001 d28b 0001 0120 ed57 384f59c8 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:avsp:ethertype:ip:udp",
            "avsp.48ns": 944724424,
            "avsp.48sec": 60759,
            "avsp.etype": 0x0800,
            "avsp.sub_type": 1,
            "avsp.ver": 0x0120,
        },
    ),
    (
        "unknown version",
        1,
        "020000000002 020000000001 d28b 0001 0011 5ceeed57 384f59c8 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:avsp",
            "avsp.sub_type": 1,
            "avsp.ver": 0x0011,
        },
    ),
    (
        "cut",
        1,
        "020000000002 020000000001 d28b 0001 0010 5cee",
        {
            "frame.protocols": "eth:ethertype:avsp",
            "avsp.sub_type": 1,
            "avsp.ver": 0x0010,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
