"""IEEE 802.1ah."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "mac in mac",
        1,
        "020000000002 020000000001 88e7 001ebb30 020000000004 020000000003 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:ieee8021ah:ethertype:ip:udp",
            "ieee8021ah.cdst": "02:00:00:00:00:04",
            "ieee8021ah.csrc": "02:00:00:00:00:03",
            "ieee8021ah.drop": 0,
            "ieee8021ah.etype": 0x0800,
            "ieee8021ah.isid": 2014000,
            "ieee8021ah.nca": 0,
            "ieee8021ah.priority": 0,
            "ieee8021ah.res1": 0,
            "ieee8021ah.res2": 0,
        },
    ),
    (
        "cut in the customer's address",
        1,
        "020000000002 020000000001 88e7 001ebb30 0200",
        {
            "frame.protocols": "eth:ethertype:ieee8021ah",
            "ieee8021ah.drop": 0,
            "ieee8021ah.isid": 2014000,
            "ieee8021ah.nca": 0,
            "ieee8021ah.priority": 0,
            "ieee8021ah.res1": 0,
            "ieee8021ah.res2": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
