"""Cisco HDLC."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4",
        104,
        "0f00 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "chdlc:ip:udp",
            "chdlc.address": 0x0F,
            "chdlc.control": 0x00,
            "chdlc.protocol": 0x0800,
        },
    ),
    (
        "SLARP keepalive",
        104,
        "8f00 8035 00000002 00000001 00000002 ffff",
        {
            "frame.protocols": "chdlc:slarp",
            "chdlc.address": 0x8F,
            "chdlc.control": 0x00,
            "chdlc.protocol": 0x8035,
            "slarp.mysequence": 1,
            "slarp.ptype": 2,
            "slarp.yoursequence": 2,
        },
    ),
    (
        "cut",
        104,
        "0f00 08",
        {
            "frame.protocols": "chdlc",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
