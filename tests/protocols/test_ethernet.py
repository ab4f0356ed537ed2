"""Ethernet II and IEEE 802.3."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "version II with IPv4",
        1,
        "020000000002 020000000001 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:ip:udp",
            "eth.addr": ["02:00:00:00:00:02", "02:00:00:00:00:01"],
            "eth.dst": "02:00:00:00:00:02",
            "eth.src": "02:00:00:00:00:01",
            "eth.type": 0x0800,
        },
    ),
    (
        "802.3 with padding",
        1,
        "020000000002 020000000001 0026 424203 0000 00 00 01 8000 020000000001 00000004 8001 020000000003 8002 0100 1400 0200 0f00 0000000000000000",
        {
            "frame.protocols": "eth:llc:stp",
            "eth.addr": ["02:00:00:00:00:02", "02:00:00:00:00:01"],
            "eth.dst": "02:00:00:00:00:02",
            "eth.len": 38,
            "eth.src": "02:00:00:00:00:01",
        },
    ),
    (
        "neither length nor type",
        1,
        "020000000002 020000000001 05dd 0102",
        {
            "frame.protocols": "eth",
            "eth.addr": ["02:00:00:00:00:02", "02:00:00:00:00:01"],
            "eth.dst": "02:00:00:00:00:02",
            "eth.invalid_lentype": 0x05DD,
            "eth.src": "02:00:00:00:00:01",
        },
    ),
    (
        "cut after the addresses",
        1,
        "020000000002 020000000001",
        {
            "frame.protocols": "eth",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
