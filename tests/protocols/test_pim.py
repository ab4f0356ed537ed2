"""PIM (RFC 7761)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "hello",
        1,
        "01005e00000dc20252720000080045c00036037f00000167cb130a000002e000000d2000aa6e000100020069001400043f0ef4cd00130004000000010015000401000000",
        {
            "frame.protocols": "eth:ethertype:ip:pim",
            "pim.cksum": 43630,
            "pim.cksum.status": 1,
            "pim.dr_priority": 1,
            "pim.generation_id": 1057944781,
            "pim.holdtime": 105,
            "pim.optionlength": [2, 4, 4, 4],
            "pim.optiontype": [1, 20, 19, 21],
            "pim.type": 0,
            "pim.version": 2,
        },
    ),
    (
        "register with a datagram",
        1,
        "cc05061cf000cc06061cf001080045000080015e0000ff673664c0a80006c0a801fe2100deff0000000045000064000f0000fe01f6d2c0a8140aef01"
        "0203080090e100030000000000000005ed60abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"
        "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
        {
            "frame.protocols": "eth:ethertype:ip:pim:ip:icmp",
            "icmp.type": 8,
            "ip.src": ["192.168.0.6", "192.168.20.10"],
            "pim.cksum": 57087,
            "pim.cksum.status": 1,
            "pim.register_flag": 0,
            "pim.register_flag.border": 0,
            "pim.register_flag.null_register": 0,
            "pim.type": 1,
            "pim.version": 2,
        },
    ),
    (
        "join",
        1,
        "01005e00000d502fa8a8dfbc080045c0004a98a900000167b343c0a8cbeae000000d2300204c0100c0a8cbe9000200d201000020e63e42fc00010000"
        "010007200aa5e60201000020e63c2b0300010000010007200aa5e602",
        {
            "frame.protocols": "eth:ethertype:ip:pim",
            "pim.cksum": 8268,
            "pim.cksum.status": 1,
            "pim.holdtime": 210,
            "pim.numgroups": 2,
            "pim.numjoins": [1, 1],
            "pim.numprunes": [0, 0],
            "pim.type": 3,
            "pim.upstream_neighbor": "192.168.203.233",
            "pim.version": 2,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
