"""UDP-Lite (RFC 3828)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "covered in whole",
        228,
        "4500002000010000408866530a0000010a0000021000200000008d4361626364",
        {
            "frame.protocols": "ip:udplite",
            "udp.checksum_coverage": 0,
            "udp.dstport": 8192,
            "udp.length": 12,
            "udp.srcport": 4096,
        },
    ),
    (
        "cut",
        228,
        "45000018000100004088665b0a0000010a00000210002000",
        {
            "frame.protocols": "ip:udplite",
            "udp.dstport": 8192,
            "udp.port": [4096, 8192],
            "udp.srcport": 4096,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
