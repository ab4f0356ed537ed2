"""LLDP (IEEE 802.1AB)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "the three that must be, and more",
        1,
        "020000000002 020000000001 88cc 0207 04 020000000001 0405 05 65746830 0602 0078 0a03 737731 0e04 0014 0004 "
        "100c 05 01 0a000001 02 00000003 00 fe06 001122 01 0000 0000",
        {
            "frame.protocols": "eth:ethertype:lldp",
            "lldp.chassis.id.mac": "02:00:00:00:00:01",
            "lldp.chassis.subtype": 4,
            "lldp.mgn.addr.ip4": "10.0.0.1",
            "lldp.mgn.address.len": 5,
            "lldp.mgn.address.subtype": 1,
            "lldp.mgn.interface.number": 3,
            "lldp.mgn.interface.subtype": 2,
            "lldp.mgn.obj.len": 0,
            "lldp.orgtlv.oui": 4386,
            "lldp.port.id": "eth0",
            "lldp.port.subtype": 5,
            "lldp.time_to_live": 120,
            "lldp.tlv.enable_system_cap": 0x0004,
            "lldp.tlv.len": [7, 5, 2, 3, 4, 12, 6, 0],
            "lldp.tlv.system.name": "sw1",
            "lldp.tlv.system_cap": 0x0014,
            "lldp.tlv.type": [1, 2, 3, 5, 7, 8, 127, 0],
        },
    ),
    (
        "cut in the chassis identifier",
        1,
        "020000000002 020000000001 88cc 0207 04 0200",
        {
            "frame.protocols": "eth:ethertype:lldp",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
