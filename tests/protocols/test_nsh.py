"""NSH (RFC 8300)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "MD type 1",
        1,
        "020000000002020000000001894f0fc601010003090700000001000000020000000300000004450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:nsh:ip",
            "nsh.CBit": 0,
            "nsh.Obit": 0,
            "nsh.length": 6,
            "nsh.mdtype": 1,
            "nsh.nextproto": 1,
            "nsh.si": 7,
            "nsh.spi": 777,
            "nsh.ttl": 0x003F,
            "nsh.version": 0,
        },
    ),
    (
        "MD type 2, empty, Ethernet",
        1,
        "020000000002020000000001894f0fc20203000309070200000000040200000000030800450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:nsh:eth:ethertype:ip",
            "nsh.CBit": 0,
            "nsh.Obit": 0,
            "nsh.length": 2,
            "nsh.mdtype": 2,
            "nsh.nextproto": 3,
            "nsh.si": 7,
            "nsh.spi": 777,
            "nsh.ttl": 0x003F,
            "nsh.version": 0,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
