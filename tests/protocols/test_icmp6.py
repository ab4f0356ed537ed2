"""ICMPv6 (RFC 4443)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "echo",
        229,
        "6000000000083a4020010db800000000000000000000000120010db80000000000000000000000028000000000010002",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.checksum": 0,
            "icmpv6.checksum.status": 0,
            "icmpv6.code": 0,
            "icmpv6.echo.identifier": 1,
            "icmpv6.echo.sequence_number": 2,
            "icmpv6.type": 128,
        },
    ),
    (
        "too big, quoting",
        229,
        "6000000000383a4020010db800000000000000000000000120010db80000000000000000000000020200000000000500600000000008114020010db8"
        "00000000000000000000000520010db80000000000000000000000060035003500080000",
        {
            "frame.protocols": "ipv6:icmpv6:ipv6:udp",
            "icmpv6.checksum": 0,
            "icmpv6.checksum.status": 0,
            "icmpv6.code": 0,
            "icmpv6.mtu": 1280,
            "icmpv6.type": 2,
            "ipv6.src": ["2001:db8::1", "2001:db8::5"],
            "udp.srcport": 53,
        },
    ),
    (
        "parameter problem, cut",
        229,
        "6000000000043a4020010db800000000000000000000000120010db800000000000000000000000204000000",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.checksum": 0,
            "icmpv6.checksum.status": 0,
            "icmpv6.code": 0,
            "icmpv6.type": 4,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
