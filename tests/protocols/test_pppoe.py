"""PPPoE (RFC 2516)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "session with IPv4",
        1,
        "020000000002 020000000001 8864 11 00 0001 001e 0021 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:pppoes:ppp:ip:udp",
            "pppoe.code": 0x00,
            "pppoe.payload_length": 30,
            "pppoe.session_id": 0x0001,
            "pppoe.type": 1,
            "pppoe.version": 1,
        },
    ),
    (
        "discovery: an offer",
        1,
        "020000000002 020000000001 8863 11 07 0000 0010 0101 0000 0102 0003 616331 0103 0001 07",
        {
            "frame.protocols": "eth:ethertype:pppoed",
            "pppoe.code": 0x07,
            "pppoe.payload_length": 16,
            "pppoe.session_id": 0x0000,
            "pppoe.type": 1,
            "pppoe.version": 1,
            "pppoed.tags.ac_name": "ac1",
            "pppoed.tags.host_uniq": "07",
        },
    ),
    (
        "cut in a tag",
        1,
        "020000000002 020000000001 8863 11 07 0000 0010 0101 0000 0102 0003 61",
        {
            "frame.protocols": "eth:ethertype:pppoed",
            "pppoe.code": 0x07,
            "pppoe.payload_length": 16,
            "pppoe.session_id": 0x0000,
            "pppoe.type": 1,
            "pppoe.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
