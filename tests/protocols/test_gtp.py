"""GTP (TS 29.281, TS 29.060, GSM 09.60, TS 32.295)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "user data",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a000002c35008680024000030ff001400000001450000140001000040fd00000a01"
        "00010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:ip",
            "gtp.flags": 0x30,
            "gtp.flags.e": 0,
            "gtp.flags.payload": 1,
            "gtp.flags.pn": 0,
            "gtp.flags.reserved": 0,
            "gtp.flags.s": 0,
            "gtp.flags.version": 1,
            "gtp.length": 20,
            "gtp.message": 0xFF,
            "gtp.teid": 0x00000001,
        },
    ),
    (
        "sequence number and N-PDU",
        1,
        "02000000000202000000000108004500003c00010000401100000a0000010a000002c35008680028000033ff00180000000100050700450000140001000040fd"
        "00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:ip",
            "gtp.flags": 0x33,
            "gtp.flags.e": 0,
            "gtp.flags.payload": 1,
            "gtp.flags.pn": 1,
            "gtp.flags.reserved": 0,
            "gtp.flags.s": 1,
            "gtp.flags.version": 1,
            "gtp.length": 24,
            "gtp.message": 0xFF,
            "gtp.npdu_number": 0x07,
            "gtp.seq_number": 0x0005,
            "gtp.teid": 0x00000001,
        },
    ),
    (
        "extension header",
        1,
        "02000000000202000000000108004500004000010000401100000a0000010a000002c3500868002c000034ff0020000000010000008501000900450000140001"
        "000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:ip",
            "gtp.ext_hdr.length": 1,
            "gtp.flags": 0x34,
            "gtp.flags.e": 1,
            "gtp.flags.payload": 1,
            "gtp.flags.pn": 0,
            "gtp.flags.reserved": 0,
            "gtp.flags.s": 0,
            "gtp.flags.version": 1,
            "gtp.length": 32,
            "gtp.message": 0xFF,
            "gtp.teid": 0x00000001,
        },
    ),
    (
        "IPv6",
        1,
        "02000000000202000000000108004500004c00010000401100000a0000010a000002c35008680038000030ff0028000000016000000000003b4020010db80000"
        "0000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp:ipv6",
            "gtp.flags": 0x30,
            "gtp.flags.e": 0,
            "gtp.flags.payload": 1,
            "gtp.flags.pn": 0,
            "gtp.flags.reserved": 0,
            "gtp.flags.s": 0,
            "gtp.flags.version": 1,
            "gtp.length": 40,
            "gtp.message": 0xFF,
            "gtp.teid": 0x00000001,
        },
    ),
    (
        "neither IPv4 nor IPv6",
        1,
        "02000000000202000000000108004500002400010000401100000a0000010a000002c35008680010000030fe000000000001",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp",
            "gtp.flags": 0x30,
            "gtp.flags.e": 0,
            "gtp.flags.payload": 1,
            "gtp.flags.pn": 0,
            "gtp.flags.reserved": 0,
            "gtp.flags.s": 0,
            "gtp.flags.version": 1,
            "gtp.length": 0,
            "gtp.message": 0xFE,
            "gtp.teid": 0x00000001,
        },
    ),
    (
        "version 0",
        1,
        "02000000000202000000000108004500004400010000401100000a0000010a000002c3500d3a003000001eff001400010002ffffffff21436587092143654500"
        "00140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtpprime:ip",
            "gtp.flags": 0x1E,
            "gtp.flags.payload": 1,
            "gtp.flags.reserved": 7,
            "gtp.flags.snn": 0,
            "gtp.flags.version": 0,
            "gtp.flow_label": 0x0002,
            "gtp.length": 20,
            "gtp.message": 0xFF,
            "gtp.seq_number": 0x0001,
            "gtp.sndcp_number": 0xFF,
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500002400010000401100000a0000010a000002c35008680010000030ff0014",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gtp",
            "gtp.flags": 0x30,
            "gtp.flags.e": 0,
            "gtp.flags.payload": 1,
            "gtp.flags.pn": 0,
            "gtp.flags.reserved": 0,
            "gtp.flags.s": 0,
            "gtp.flags.version": 1,
            "gtp.length": 20,
            "gtp.message": 0xFF,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
