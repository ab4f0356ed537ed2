"""MPLS (RFC 3032)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "two labels, then IPv4",
        1,
        "020000000002 020000000001 8847 00010040 00020140 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:mpls:ip:udp",
            "mpls.bottom": [0, 1],
            "mpls.exp": [0, 0],
            "mpls.label": [16, 32],
            "mpls.ttl": [64, 64],
        },
    ),
    (
        "a pseudo-wire with a control word",
        1,
        "020000000002 020000000001 8847 00010140 0000 0007 005056830001 005056830002 0800 4500001c000100004011 66cd "
        "0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:mpls:pwethheuristic:pwethcw:eth:ethertype:ip:udp",
            "mpls.bottom": 1,
            "mpls.exp": 0,
            "mpls.label": 16,
            "mpls.ttl": 64,
        },
    ),
    (
        "cut in a label",
        1,
        "020000000002 020000000001 8847 0001",
        {
            "frame.protocols": "eth:ethertype",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
