"""IPX."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "Novell's raw 802.3",
        1,
        "020000000002 020000000001 0020 ffff 0020 00 04 13000001 ffffffffffff 9452 13000001 020000000001 4008 0102",
        {
            "frame.protocols": "eth:ipx",
            "ipx.checksum": 0xFFFF,
            "ipx.dst.node": "ff:ff:ff:ff:ff:ff",
            "ipx.dst.socket": 0x9452,
            "ipx.hops": 0,
            "ipx.len": 32,
            "ipx.packet_type": 0x04,
            "ipx.src.node": "02:00:00:00:00:01",
            "ipx.src.socket": 0x4008,
        },
    ),
    (
        "behind LLC",
        1,
        "020000000002 020000000001 0023 e0e003 ffff 0020 00 04 13000001 ffffffffffff 9452 13000001 020000000001 4008 0102",
        {
            "frame.protocols": "eth:llc:ipx",
            "ipx.checksum": 0xFFFF,
            "ipx.dst.node": "ff:ff:ff:ff:ff:ff",
            "ipx.dst.socket": 0x9452,
            "ipx.hops": 0,
            "ipx.len": 32,
            "ipx.packet_type": 0x04,
            "ipx.src.node": "02:00:00:00:00:01",
            "ipx.src.socket": 0x4008,
        },
    ),
    (
        "cut in the destination",
        1,
        "020000000002 020000000001 0020 ffff 0020 00 04 13000001 ffff",
        {
            "frame.protocols": "eth:ipx",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
