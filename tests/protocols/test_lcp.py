"""LCP (RFC 1661)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "configure request",
        9,
        "ff03 c021 01 01 0012 0104 05dc 0304 c023 0506 01020304",
        {
            "frame.protocols": "ppp:lcp",
            "lcp.opt.auth_protocol": 0xC023,
            "lcp.opt.length": [4, 4, 6],
            "lcp.opt.magic_number": 0x01020304,
            "lcp.opt.mru": 1500,
            "lcp.opt.type": [1, 3, 5],
            "ppp.address": 0xFF,
            "ppp.code": 1,
            "ppp.control": 0x03,
            "ppp.identifier": 1,
            "ppp.length": 18,
            "ppp.protocol": 0xC021,
        },
    ),
    (
        "echo request",
        9,
        "ff03 c021 09 02 0008 01020304",
        {
            "frame.protocols": "ppp:lcp",
            "lcp.magic_number": 0x01020304,
            "ppp.address": 0xFF,
            "ppp.code": 9,
            "ppp.control": 0x03,
            "ppp.identifier": 2,
            "ppp.length": 8,
            "ppp.protocol": 0xC021,
        },
    ),
    (
        "cut in an option",
        9,
        "ff03 c021 01 01 000e 0104 05",
        {
            "frame.protocols": "ppp:lcp",
            "ppp.address": 0xFF,
            "ppp.code": 1,
            "ppp.control": 0x03,
            "ppp.identifier": 1,
            "ppp.length": 14,
            "ppp.protocol": 0xC021,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
