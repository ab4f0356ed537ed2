"""Routing Information Protocol."""

from vectors import check

ONE = "01005e000009 020000000001 0800 450000340000000001110000 0a000001 e0000009 0208 0208 0020 0000"
TWO = "01005e000009 020000000001 0800 450000480000000001110000 0a000001 e0000009 0208 0208 0034 0000"

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "two routes of version 2",
        1,
        f"{TWO} 02020000 0002 0007 0a010000 ffff0000 00000000 00000001 0002 0000 0a020000 ffffff00 0a000009 00000010",
        {
            "frame.protocols": "eth:ethertype:ip:udp:rip",
            "rip.command": 2,
            "rip.family": [2, 2],
            "rip.ip": ["10.1.0.0", "10.2.0.0"],
            "rip.metric": [1, 16],
            "rip.netmask": ["255.255.0.0", "255.255.255.0"],
            "rip.next_hop": ["0.0.0.0", "10.0.0.9"],
            "rip.route_tag": [7, 0],
            "rip.version": 2,
        },
    ),
    (
        "a password",
        1,
        f"{TWO} 02020000 ffff 0002 73656372657400000000000000000000 0002 0000 0a020000 ffffff00 00000000 00000002",
        {"rip.auth.passwd": "secret", "rip.auth.type": 2, "rip.family": 2, "rip.ip": "10.2.0.0", "rip.metric": 2},
    ),
    (
        "version 1 has no mask",
        1,
        f"{ONE} 02010000 0002 0000 0a020000 00000000 00000000 00000003",
        {"rip.family": 2, "rip.ip": "10.2.0.0", "rip.metric": 3, "rip.netmask": None, "rip.route_tag": None, "rip.version": 1},
    ),
    (
        "a request for everything",
        1,
        f"{ONE} 01010000 0000 0000 00000000 00000000 00000000 00000010",
        {"rip.command": 1, "rip.family": 0, "rip.ip": None, "rip.metric": 16},
    ),
    (
        "cut in the first field",
        1,
        ONE,
        {"frame.protocols": "eth:ethertype:ip:udp"},
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
