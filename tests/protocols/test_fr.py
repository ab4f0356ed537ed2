"""Frame Relay."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "IPv4 (RFC 2427)",
        107,
        "1841 03 cc 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "fr:ip:udp",
            "fr.control": 0x03,
            "fr.dlci": 100,
            "fr.first_addr_octet": 0x18,
            "fr.nlpid": 0xCC,
            "fr.second_addr_octet": 0x41,
        },
    ),
    (
        "SNAP",
        107,
        "1841 03 00 80 000000 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "fr:ip:udp",
            "fr.control": 0x03,
            "fr.dlci": 100,
            "fr.first_addr_octet": 0x18,
            "fr.nlpid": [0x00, 0x80],
            "fr.second_addr_octet": 0x41,
            "fr.snap.oui": 0,
            "fr.snaptype": 0x0800,
        },
    ),
    (
        "Cisco's IPv6",
        107,
        "1841 86dd 6000000000083a40 fe80000000000000 0000000000000001 fe80000000000000 0000000000000002 8000000000000000",
        {
            "frame.protocols": "fr:ipv6:icmpv6",
            "fr.chdlctype": 0x86DD,
            "fr.dlci": 100,
            "fr.first_addr_octet": 0x18,
            "fr.second_addr_octet": 0x41,
        },
    ),
    (
        "four bytes of address",
        107,
        "18400241 03 cc 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "fr:ip:udp",
            "fr.control": 0x03,
            "fr.dlci": 819280,
            "fr.first_addr_octet": 0x18,
            "fr.nlpid": 0xCC,
            "fr.second_addr_octet": 0x40,
        },
    ),
    (
        "cut in the address",
        107,
        "18",
        {
            "frame.protocols": "fr",
            "fr.first_addr_octet": 0x18,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
