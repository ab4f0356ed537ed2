"""IEEE 802.1Q tags."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "two tags",
        1,
        "020000000002 020000000001 8100 a064 8100 00c8 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:vlan:ethertype:vlan:ethertype:ip:udp",
            "vlan.dei": [0, 0],
            "vlan.etype": [0x8100, 0x0800],
            "vlan.id": [100, 200],
            "vlan.priority": [5, 0],
        },
    ),
    (
        "LLC behind a tag",
        1,
        "020000000002 020000000001 8100 0064 0026 424203 0000 00 00 01 8000 020000000001 00000004 8001 020000000003 "
        "8002 0100 1400 0200 0f00 00000000",
        {
            "frame.protocols": "eth:ethertype:vlan:llc:stp",
            "vlan.dei": 0,
            "vlan.id": 100,
            "vlan.len": 38,
            "vlan.priority": 0,
        },
    ),
    (
        "cut in the tag",
        1,
        "020000000002 020000000001 8100 00",
        {
            "frame.protocols": "eth:ethertype",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
