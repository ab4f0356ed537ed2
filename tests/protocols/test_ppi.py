"""Per-Packet Information."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "Ethernet behind one field",
        192,
        "00 00 1000 01000000 0400 0400 01020304 020000000002 020000000001 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "ppi:pcap_pktdata:eth:ethertype:ip:udp",
            "ppi.dlt": 1,
            "ppi.field_len": 4,
            "ppi.field_type": 4,
            "ppi.flags": 0x00,
            "ppi.length": 16,
            "ppi.version": 0,
        },
    ),
    (
        "cut in a field",
        192,
        "00 00 1000 01000000 0400 0400 01",
        {
            "frame.protocols": "ppi",
            "ppi.dlt": 1,
            "ppi.flags": 0x00,
            "ppi.length": 16,
            "ppi.version": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
