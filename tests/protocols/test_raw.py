"""Raw IP."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4",
        101,
        "4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "raw:ip:udp",
            "ip.addr": ["10.0.0.1", "10.0.0.2"],
            "ip.checksum": 0x66CD,
            "ip.dsfield": 0x00,
            "ip.dsfield.dscp": 0,
            "ip.dsfield.ecn": 0,
            "ip.dst": "10.0.0.2",
            "ip.flags": 0x00,
            "ip.flags.df": 0,
            "ip.flags.mf": 0,
            "ip.flags.rb": 0,
            "ip.frag_offset": 0,
            "ip.hdr_len": 20,
            "ip.id": 0x0001,
            "ip.len": 28,
            "ip.proto": 17,
            "ip.src": "10.0.0.1",
            "ip.ttl": 64,
            "ip.version": 4,
        },
    ),
    (
        "IPv6",
        101,
        "6000000000083a40 fe80000000000000 0000000000000001 fe80000000000000 0000000000000002 8000000000000000",
        {
            "frame.protocols": "raw:ipv6:icmpv6",
            "ip.version": 6,
            "ipv6.addr": ["fe80::1", "fe80::2"],
            "ipv6.dst": "fe80::2",
            "ipv6.hlim": 64,
            "ipv6.nxt": 58,
            "ipv6.plen": 8,
            "ipv6.src": "fe80::1",
            "ipv6.tclass": 0x00000000,
        },
    ),
    (
        "cut in the header",
        101,
        "4500001c00010000",
        {
            "frame.protocols": "raw:ip",
            "ip.dsfield": 0x00,
            "ip.dsfield.dscp": 0,
            "ip.dsfield.ecn": 0,
            "ip.flags": 0x00,
            "ip.flags.df": 0,
            "ip.flags.mf": 0,
            "ip.flags.rb": 0,
            "ip.frag_offset": 0,
            "ip.hdr_len": 20,
            "ip.id": 0x0001,
            "ip.len": 28,
            "ip.version": 4,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
