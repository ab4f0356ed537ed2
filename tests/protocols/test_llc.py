"""IEEE 802.2 LLC and SNAP."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "SNAP with an Ethernet type",
        1,
        "020000000002 020000000001 0024 aaaa03 000000 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:llc:ip:udp",
            "llc.control": 0x0003,
            "llc.dsap": 0xAA,
            "llc.dsap.ig": 0,
            "llc.dsap.sap": 85,
            "llc.oui": 0,
            "llc.ssap": 0xAA,
            "llc.ssap.cr": 0,
            "llc.ssap.sap": 85,
            "llc.type": 0x0800,
        },
    ),
    (
        "SNAP of Cisco's",
        1,
        "020000000002 020000000001 003a aaaa03 00000c 2000 02 b4 0000 0001 0006 5231 0003 0009 4661302f30 0004 0008 "
        "00000029 000a 0006 0001 0002 0011 00000001 0101cc0004 0a000001",
        {
            "frame.protocols": "eth:llc:cdp",
            "llc.cisco_pid": 0x2000,
            "llc.control": 0x0003,
            "llc.dsap": 0xAA,
            "llc.dsap.ig": 0,
            "llc.dsap.sap": 85,
            "llc.oui": 12,
            "llc.ssap": 0xAA,
            "llc.ssap.cr": 0,
            "llc.ssap.sap": 85,
        },
    ),
    (
        "a supervisory frame",
        1,
        "020000000002 020000000001 0004 f0f1 0102",
        {
            "frame.protocols": "eth:llc",
            "llc.control": 0x0201,
            "llc.dsap": 0xF0,
            "llc.dsap.ig": 0,
            "llc.dsap.sap": 120,
            "llc.ssap": 0xF1,
            "llc.ssap.cr": 1,
            "llc.ssap.sap": 120,
        },
    ),
    (
        "cut in the organisation",
        1,
        "020000000002 020000000001 0024 aaaa03 0000",
        {
            "frame.protocols": "eth:llc",
            "llc.control": 0x0003,
            "llc.dsap": 0xAA,
            "llc.dsap.ig": 0,
            "llc.dsap.sap": 85,
            "llc.ssap": 0xAA,
            "llc.ssap.cr": 0,
            "llc.ssap.sap": 85,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
