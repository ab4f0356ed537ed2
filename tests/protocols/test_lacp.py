"""LACP (IEEE 802.1AX)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "both ends",
        1,
        "020000000002 020000000001 8809 01 01 0114 8000 020000000001 0001 8000 0002 3d 000000 0214 8000 020000000002 "
        "0003 8000 0004 3c 000000 0310 0005 000000000000000000000000 "
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        {
            "frame.protocols": "eth:ethertype:slow:lacp",
            "lacp.actor.key": 1,
            "lacp.actor.port": 2,
            "lacp.actor.port_priority": 32768,
            "lacp.actor.reserved": "000000",
            "lacp.actor.state": 0x3D,
            "lacp.actor.state.activity": 1,
            "lacp.actor.state.aggregation": 1,
            "lacp.actor.state.collecting": 1,
            "lacp.actor.state.defaulted": 0,
            "lacp.actor.state.distributing": 1,
            "lacp.actor.state.expired": 0,
            "lacp.actor.state.synchronization": 1,
            "lacp.actor.state.timeout": 0,
            "lacp.actor.sys_priority": 32768,
            "lacp.actor.sysid": "02:00:00:00:00:01",
            "lacp.coll_reserved": "000000000000000000000000",
            "lacp.collector.max_delay": 5,
            "lacp.partner.key": 3,
            "lacp.partner.port": 4,
            "lacp.partner.port_priority": 32768,
            "lacp.partner.reserved": "000000",
            "lacp.partner.state": 0x3C,
            "lacp.partner.state.activity": 0,
            "lacp.partner.state.aggregation": 1,
            "lacp.partner.state.collecting": 1,
            "lacp.partner.state.defaulted": 0,
            "lacp.partner.state.distributing": 1,
            "lacp.partner.state.expired": 0,
            "lacp.partner.state.synchronization": 1,
            "lacp.partner.state.timeout": 0,
            "lacp.partner.sys_priority": 32768,
            "lacp.partner.sysid": "02:00:00:00:00:02",
            "lacp.tlv_length": [0x14, 0x14, 0x10, 0x00],
            "lacp.tlv_type": [0x01, 0x02, 0x03, 0x00],
            "lacp.version": 0x01,
        },
    ),
    (
        "cut in the actor",
        1,
        "020000000002 020000000001 8809 01 01 0114 8000 0200",
        {
            "frame.protocols": "eth:ethertype:slow:lacp",
            "lacp.actor.sys_priority": 32768,
            "lacp.tlv_length": 0x14,
            "lacp.tlv_type": 0x01,
            "lacp.version": 0x01,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
