"""EIGRP (RFC 7868)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "hello",
        1,
        "01005e00000a00107b90cd14080045c0003c000000000258c22f816f9401e000000a0205efce000000000000000000000000000000010001000c0100"
        "01000000000f000400080b030100",
        {
            "frame.protocols": "eth:ethertype:ip:eigrp",
            "eigrp.ack": 0,
            "eigrp.as": 1,
            "eigrp.checksum": 61390,
            "eigrp.checksum.status": 1,
            "eigrp.flags": 0,
            "eigrp.flags.condrecv": 0,
            "eigrp.flags.eot": 0,
            "eigrp.flags.init": 0,
            "eigrp.flags.restart": 0,
            "eigrp.opcode": 5,
            "eigrp.seq": 0,
            "eigrp.tlv.len": [12, 8],
            "eigrp.tlv_type": [1, 4],
            "eigrp.version": 2,
            "eigrp.vrid": 0,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
