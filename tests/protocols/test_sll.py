"""Linux cooked capture."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4 to us",
        113,
        "0000 0001 0006 0200000000010000 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "sll:ethertype:ip:udp",
            "sll.etype": 0x0800,
            "sll.halen": 6,
            "sll.hatype": 1,
            "sll.pkttype": 0,
            "sll.src.eth": "02:00:00:00:00:01",
        },
    ),
    (
        "no address, 802.2",
        113,
        "0004 0304 0000 0000000000000000 0004 424203 0000 00 00 01 8000 020000000001 00000004 8001 020000000003 8002 0100 1400 0200 0f00",
        {
            "frame.protocols": "sll:llc:stp",
            "sll.halen": 0,
            "sll.hatype": 772,
            "sll.ltype": 0x0004,
            "sll.pkttype": 4,
        },
    ),
    (
        "cut in the address",
        113,
        "0000 0001 0006 0200",
        {
            "frame.protocols": "sll",
            "sll.halen": 6,
            "sll.hatype": 1,
            "sll.pkttype": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
