"""UDLD (RFC 5171)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "a probe",
        1,
        "020000000002 020000000001 001b aaaa03 00000c 0111 21 03 6d85 0001 0006 5231 0002 0009 4769302f31",
        {
            "frame.protocols": "eth:llc:udld",
            "udld.checksum": 0x6D85,
            "udld.device_id": "R1",
            "udld.flags": 3,
            "udld.flags.rsy": 0x01,
            "udld.flags.rt": 0x01,
            "udld.opcode": 1,
            "udld.version": 1,
        },
    ),
    (
        "cut in the port",
        1,
        "020000000002 020000000001 001b aaaa03 00000c 0111 21 03 6d85 0001 0006 5231 0002 0009 4769",
        {
            "frame.protocols": "eth:llc:udld",
            "udld.checksum": 0x6D85,
            "udld.device_id": "R1",
            "udld.flags": 3,
            "udld.flags.rsy": 0x01,
            "udld.flags.rt": 0x01,
            "udld.opcode": 1,
            "udld.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
