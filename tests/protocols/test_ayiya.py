"""AYIYA."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "IPv6",
        1,
        "02000000000202000000000108004500007000010000401100000a0000010a000002c35013d0005c0000415211295f0000000000000000000000000000000000"
        "0001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa6000000000003b4020010db800000000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:ayiya:ipv6",
            "ayiya.authmethod": 0x01,
            "ayiya.hashmethod": 0x02,
            "ayiya.identity": "00000000000000000000000000000001",
            "ayiya.idlen": 0x04,
            "ayiya.idtype": 0x01,
            "ayiya.nextheader": 0x29,
            "ayiya.opcode": 0x01,
            "ayiya.siglen": 0x05,
            "ayiya.signature": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500003400010000401100000a0000010a000002c35013d000200000415211295f00000000000000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:ayiya",
            "ayiya.authmethod": 0x01,
            "ayiya.hashmethod": 0x02,
            "ayiya.idlen": 0x04,
            "ayiya.idtype": 0x01,
            "ayiya.nextheader": 0x29,
            "ayiya.opcode": 0x01,
            "ayiya.siglen": 0x05,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
