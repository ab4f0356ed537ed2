"""DCCP (RFC 4340)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "request",
        1,
        "0014225955510007e9bd5d1f080045000034758f400040210b1d8b85d1b08b85d141cdbb13890800a76601000007b8bb924000000000200405022204010220040102",
        {
            "frame.protocols": "eth:ethertype:ip:dccp",
            "dccp.ccval": 0,
            "dccp.checksum": 42854,
            "dccp.checksum.status": 1,
            "dccp.cscov": 0,
            "dccp.data_offset": 8,
            "dccp.dstport": 5001,
            "dccp.port": [52667, 5001],
            "dccp.res1": 0,
            "dccp.res2": 0,
            "dccp.seq_raw": 33164071488,
            "dccp.srcport": 52667,
            "dccp.type": 0,
            "dccp.x": 1,
        },
    ),
    (
        "cut",
        228,
        "4500001e00010000402166bc0a0000010a00000210002000040000000100",
        {
            "frame.protocols": "ip:dccp",
            "dccp.dstport": 8192,
            "dccp.srcport": 4096,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
