"""L2TP (RFC 2661)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "data",
        1,
        "02000000000202000000000108004500002600010000401100000a0000010a00000206a506a500120000000200010002ff03c021",
        {
            "l2tp.flags": 0x0002, "l2tp.length_bit": 0, "l2tp.offset_bit": 0, "l2tp.priority": 0, "l2tp.seq_bit": 0, "l2tp.session": 2,
            "l2tp.tunnel": 1, "l2tp.type": 0, "l2tp.version": 2,
        },
    ),
    (
        "length, sequence and offset",
        1,
        "02000000000202000000000108004500002e00010000401100000a0000010a00000206a506a5001a00004a020012000100020003000400020000ff03",
        {
            "l2tp.Nr": 4, "l2tp.Ns": 3, "l2tp.flags": 0x4a02, "l2tp.length": 18, "l2tp.length_bit": 1, "l2tp.offset": 2,
            "l2tp.offset_bit": 1, "l2tp.priority": 0, "l2tp.seq_bit": 1, "l2tp.session": 2, "l2tp.tunnel": 1, "l2tp.type": 0,
            "l2tp.version": 2,
        },
    ),
    (
        "control with two AVPs",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a00000206a506a500240000c802001c000100000001000280080000000000068008"
        "000000090007",
        {
            "frame.protocols": "eth:ethertype:ip:udp:l2tp", "l2tp.Nr": 2, "l2tp.Ns": 1, "l2tp.avp.hidden": [0, 0],
            "l2tp.avp.length": [8, 8], "l2tp.avp.mandatory": [1, 1], "l2tp.avp.type": [0, 9], "l2tp.avp.vendor_id": [0, 0],
            "l2tp.flags": 0xc802, "l2tp.length": 28, "l2tp.length_bit": 1, "l2tp.offset_bit": 0, "l2tp.priority": 0, "l2tp.seq_bit": 1,
        },
    ),
    (
        "version 3, data",
        1,
        "02000000000202000000000108004500002800010000401100000a0000010a000002c35006a5001400000003000000000001ff03c021",
        {
            "frame.protocols": "eth:ethertype:ip:udp:l2tp", "l2tp.flags": 0x0003, "l2tp.length_bit": 0, "l2tp.res": 0x0000,
            "l2tp.seq_bit": 0, "l2tp.sid": 0x00000001, "l2tp.type": 0, "l2tp.version": 3,
        },
    ),
    (
        "version 3, control",
        1,
        "02000000000202000000000108004500003000010000401100000a0000010a000002c35006a5001c0000c803001400000001000100028008000000000006",
        {
            "frame.protocols": "eth:ethertype:ip:udp:l2tp", "l2tp.Nr": 2, "l2tp.Ns": 1, "l2tp.avp.hidden": 0, "l2tp.avp.length": 8,
            "l2tp.avp.mandatory": 1, "l2tp.avp.type": 0, "l2tp.avp.vendor_id": 0, "l2tp.ccid": 0x00000001, "l2tp.flags": 0xc803,
            "l2tp.length": 20, "l2tp.length_bit": 1, "l2tp.seq_bit": 1, "l2tp.type": 1,
        },
    ),
    (
        "control without AVPs",
        1,
        "02000000000202000000000108004500002800010000401100000a0000010a00000206a506a500140000c802000c0001000000010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:l2tp", "l2tp.Nr": 2, "l2tp.Ns": 1, "l2tp.flags": 0xc802, "l2tp.length": 12,
            "l2tp.length_bit": 1, "l2tp.offset_bit": 0, "l2tp.priority": 0, "l2tp.seq_bit": 1, "l2tp.session": 0, "l2tp.tunnel": 1,
            "l2tp.type": 1, "l2tp.version": 2,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
