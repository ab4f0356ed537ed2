"""Linux cooked capture, version 2."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4 sent by us",
        276,
        "0800 0000 00000002 0001 04 06 0200000000010000 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "sll:ethertype:ip:udp",
            "sll.etype": 0x0800,
            "sll.halen": 6,
            "sll.hatype": 1,
            "sll.ifindex": 2,
            "sll.pkttype": 4,
            "sll.src.eth": "02:00:00:00:00:01",
        },
    ),
    (
        "cut in the address",
        276,
        "0800 0000 00000002 0001 04 06 0200",
        {
            "frame.protocols": "sll",
            "sll.etype": 0x0800,
            "sll.halen": 6,
            "sll.hatype": 1,
            "sll.ifindex": 2,
            "sll.pkttype": 4,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
