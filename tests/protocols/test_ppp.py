"""PPP (RFC 1661)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "address and control",
        9,
        "ff03 0021 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "ppp:ip:udp",
            "ppp.address": 0xFF,
            "ppp.control": 0x03,
            "ppp.protocol": 0x0021,
        },
    ),
    (
        "compressed protocol",
        9,
        "21 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "ppp:ip:udp",
            "ppp.protocol": 0x0021,
        },
    ),
    (
        "IPv6",
        50,
        "ff03 0057 6000000000083a40 fe80000000000000 0000000000000001 fe80000000000000 0000000000000002 8000000000000000",
        {
            "frame.protocols": "ppp:ipv6:icmpv6",
            "ppp.address": 0xFF,
            "ppp.control": 0x03,
            "ppp.protocol": 0x0057,
        },
    ),
    (
        "Cisco HDLC inside",
        9,
        "0f00 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "ppp:chdlc:ip:udp",
        },
    ),
    (
        "cut in the protocol",
        9,
        "ff03 00",
        {
            "frame.protocols": "ppp",
            "ppp.address": 0xFF,
            "ppp.control": 0x03,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
