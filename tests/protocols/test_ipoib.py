"""IP over InfiniBand."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4",
        242,
        "0000000000000000000000000000000000000000 80000550 fe8000000000000000 10e000664ab451 0800 0000 "
        "4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "ipoib:ip:udp",
            "ipoib.daddr.qpn": 0x000550,
            "ipoib.dgid": "fe80::10:e000:664a:b451",
            "ipoib.reserved": 0x0000,
            "ipoib.type": 0x0800,
        },
    ),
    (
        "cut",
        242,
        "0000000000000000000000000000000000000000 80000550 fe80",
        {
            "frame.protocols": "ipoib",
            "ipoib.daddr.qpn": 0x000550,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
