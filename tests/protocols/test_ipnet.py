"""Solaris IP observability."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4",
        226,
        "01 02 0000 0000001c 00000002 00000000 ffffffff 00000000 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "ipnet:ip:udp",
            "ipnet.family": 2,
            "ipnet.grifindex": 0,
            "ipnet.htype": 0,
            "ipnet.ifindex": 2,
            "ipnet.pktlen": 28,
            "ipnet.version": 1,
            "ipnet.zdst": 0,
            "ipnet.zsrc": 4294967295,
        },
    ),
    (
        "cut",
        226,
        "01 02 0000 0000",
        {
            "frame.protocols": "ipnet",
            "ipnet.family": 2,
            "ipnet.htype": 0,
            "ipnet.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
