"""IPCP (RFC 1332)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "address and name servers",
        9,
        "ff03 8021 01 01 0016 0306 0a000001 8106 0a000002 8306 0a000003",
        {
            "frame.protocols": "ppp:ipcp",
            "ipcp.opt.ip_address": "10.0.0.1",
            "ipcp.opt.length": [6, 6, 6],
            "ipcp.opt.pri_dns_address": "10.0.0.2",
            "ipcp.opt.sec_dns_address": "10.0.0.3",
            "ipcp.opt.type": [3, 129, 131],
            "ppp.address": 0xFF,
            "ppp.code": 1,
            "ppp.control": 0x03,
            "ppp.identifier": 1,
            "ppp.length": 22,
            "ppp.protocol": 0x8021,
        },
    ),
    (
        "IPv6",
        9,
        "ff03 8057 01 01 000e 010a 0102030405060708",
        {
            "frame.protocols": "ppp:ipv6cp",
            "ppp.address": 0xFF,
            "ppp.code": 1,
            "ppp.control": 0x03,
            "ppp.identifier": 1,
            "ppp.length": 14,
            "ppp.protocol": 0x8057,
        },
    ),
    (
        "cut in an option",
        9,
        "ff03 8021 01 01 000a 0306 0a00",
        {
            "frame.protocols": "ppp:ipcp",
            "ppp.address": 0xFF,
            "ppp.code": 1,
            "ppp.control": 0x03,
            "ppp.identifier": 1,
            "ppp.length": 10,
            "ppp.protocol": 0x8021,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
