"""Cisco Discovery Protocol."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "name, port, capabilities, addresses",
        1,
        "020000000002 020000000001 003a aaaa03 00000c 2000 02 b4 0000 0001 0006 5231 0003 0009 4661302f30 0004 0008 "
        "00000029 000a 0006 0001 0002 0011 00000001 0101cc0004 0a000001",
        {
            "frame.protocols": "eth:llc:cdp",
            "cdp.address_length": 4,
            "cdp.capabilities": 0x00000029,
            "cdp.checksum": 0x0000,
            "cdp.deviceid": "R1",
            "cdp.native_vlan": 1,
            "cdp.number_of_addresses": 1,
            "cdp.portid": "Fa0/0",
            "cdp.protocol": "cc",
            "cdp.protocol_length": 1,
            "cdp.protocol_type": 0x01,
            "cdp.tlv.len": [6, 9, 8, 6, 17],
            "cdp.tlv.type": [0x0001, 0x0003, 0x0004, 0x000A, 0x0002],
            "cdp.ttl": 180,
            "cdp.version": 2,
        },
    ),
    (
        "cut in a value",
        1,
        "020000000002 020000000001 0014 aaaa03 00000c 2000 02 b4 0000 0001 0010 5231",
        {
            "frame.protocols": "eth:llc:cdp",
            "cdp.checksum": 0x0000,
            "cdp.ttl": 180,
            "cdp.version": 2,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
