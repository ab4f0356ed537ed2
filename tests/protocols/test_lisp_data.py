"""LISP data (RFC 9300)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "IPv4",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a000002c35010f500240000c000000100000001450000140001000040fd00000a01"
        "00010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:lisp-data:ip",
            "lisp-data.flags": 0xC0,
            "lisp-data.flags.enr": 0,
            "lisp-data.flags.iid": 0,
            "lisp-data.flags.lsb": 1,
            "lisp-data.flags.mv": 0,
            "lisp-data.flags.nonce": 1,
        },
    ),
    (
        "IPv6",
        1,
        "02000000000202000000000108004500004c00010000401100000a0000010a000002c35010f50038000000000000000000006000000000003b4020010db80000"
        "0000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:lisp-data:ipv6",
            "lisp-data.flags": 0x00,
            "lisp-data.flags.enr": 0,
            "lisp-data.flags.iid": 0,
            "lisp-data.flags.lsb": 0,
            "lisp-data.flags.mv": 0,
            "lisp-data.flags.nonce": 0,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
