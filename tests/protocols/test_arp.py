"""ARP (RFC 826)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "request for 10.0.0.2",
        1,
        "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002",
        {
            "frame.protocols": "eth:ethertype:arp",
            "arp.dst.hw_mac": "00:00:00:00:00:00",
            "arp.dst.proto_ipv4": "10.0.0.2",
            "arp.hw.size": 6,
            "arp.hw.type": 1,
            "arp.opcode": 1,
            "arp.proto.size": 4,
            "arp.proto.type": 0x0800,
            "arp.src.hw_mac": "02:00:00:00:00:01",
            "arp.src.proto_ipv4": "10.0.0.1",
        },
    ),
    (
        "other hardware",
        1,
        "020000000002 020000000001 0806 0007 0800 02 04 0002 abcd 0a000001 ef01 0a000002",
        {
            "frame.protocols": "eth:ethertype:arp",
            "arp.dst.hw": "ef01",
            "arp.dst.proto_ipv4": "10.0.0.2",
            "arp.hw.size": 2,
            "arp.hw.type": 7,
            "arp.opcode": 2,
            "arp.proto.size": 4,
            "arp.proto.type": 0x0800,
            "arp.src.hw": "abcd",
            "arp.src.proto_ipv4": "10.0.0.1",
        },
    ),
    (
        "reverse request",
        1,
        "020000000002 020000000001 8035 0001 0800 06 04 0003 020000000001 00000000 020000000001 00000000",
        {
            "frame.protocols": "eth:ethertype:arp",
            "arp.dst.hw_mac": "02:00:00:00:00:01",
            "arp.dst.proto_ipv4": "0.0.0.0",
            "arp.hw.size": 6,
            "arp.hw.type": 1,
            "arp.opcode": 3,
            "arp.proto.size": 4,
            "arp.proto.type": 0x0800,
            "arp.src.hw_mac": "02:00:00:00:00:01",
            "arp.src.proto_ipv4": "0.0.0.0",
        },
    ),
    (
        "cut in the sender's address",
        1,
        "020000000002 020000000001 0806 0001 0800 06 04 0001 0200",
        {
            "frame.protocols": "eth:ethertype:arp",
            "arp.hw.size": 6,
            "arp.hw.type": 1,
            "arp.opcode": 1,
            "arp.proto.size": 4,
            "arp.proto.type": 0x0800,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
