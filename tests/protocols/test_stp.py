"""Spanning tree (IEEE 802.1D)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "configuration",
        1,
        "020000000002 020000000001 0026 424203 0000 00 00 01 8000 020000000001 00000004 8001 020000000003 8002 0100 1400 0200 0f00",
        {
            "frame.protocols": "eth:llc:stp",
            "stp.bridge.ext": 1,
            "stp.bridge.hw": "02:00:00:00:00:03",
            "stp.bridge.prio": 32768,
            "stp.flags": 0x01,
            "stp.flags.tc": 1,
            "stp.flags.tcack": 0,
            "stp.port": 0x8002,
            "stp.protocol": 0x0000,
            "stp.root.cost": 4,
            "stp.root.ext": 0,
            "stp.root.hw": "02:00:00:00:00:01",
            "stp.root.prio": 32768,
            "stp.type": 0x00,
            "stp.version": 0,
        },
    ),
    (
        "rapid",
        1,
        "020000000002 020000000001 0027 424203 0000 02 02 3c 8001 020000000001 00000004 8001 020000000003 8002 0100 1400 0200 0f00 00",
        {
            "frame.protocols": "eth:llc:stp",
            "stp.bridge.ext": 1,
            "stp.bridge.hw": "02:00:00:00:00:03",
            "stp.bridge.prio": 32768,
            "stp.flags": 0x3C,
            "stp.flags.agreement": 0,
            "stp.flags.forwarding": 1,
            "stp.flags.learning": 1,
            "stp.flags.port_role": 3,
            "stp.flags.proposal": 0,
            "stp.flags.tc": 0,
            "stp.flags.tcack": 0,
            "stp.port": 0x8002,
            "stp.protocol": 0x0000,
            "stp.root.cost": 4,
            "stp.root.ext": 1,
            "stp.root.hw": "02:00:00:00:00:01",
            "stp.root.prio": 32768,
            "stp.type": 0x02,
            "stp.version": 2,
            "stp.version_1_length": 0,
        },
    ),
    (
        "topology change",
        1,
        "020000000002 020000000001 0007 424203 0000 00 80",
        {
            "frame.protocols": "eth:llc:stp",
            "stp.protocol": 0x0000,
            "stp.type": 0x80,
            "stp.version": 0,
        },
    ),
    (
        "cut in the root's identifier",
        1,
        "020000000002 020000000001 0026 424203 0000 00 00 01 8000 0200",
        {
            "frame.protocols": "eth:llc:stp",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
