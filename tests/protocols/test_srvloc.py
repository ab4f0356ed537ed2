"""Service Location Protocol (RFC 2165, RFC 2608)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "version 2 request",
        1,
        "02000000000202000000000108004500002c00010000401100000a0000010a000002c35001ab001800000201000010200000000000070002656e",
        {
            "frame.protocols": "eth:ethertype:ip:udp:srvloc",
            "srvloc.flags_v2": 0x2000,
            "srvloc.flags_v2.fresh": 0,
            "srvloc.flags_v2.overflow": 0,
            "srvloc.flags_v2.reqmulti": 1,
            "srvloc.function": 1,
            "srvloc.langtag": "en",
            "srvloc.langtaglen": 2,
            "srvloc.nextextoff": 0,
            "srvloc.pktlen": 16,
            "srvloc.version": 2,
        },
    ),
    (
        "version 1",
        1,
        "02000000000202000000000108004500002800010000401100000a0000010a000002c35001ab001400000106000c2000656e00031d79",
        {
            "frame.protocols": "eth:ethertype:ip:udp:srvloc",
            "srvloc.flags_v1": 0x20,
            "srvloc.flags_v1.attribute_auth": 0,
            "srvloc.flags_v1.fresh": 0,
            "srvloc.flags_v1.monolingual": 0,
            "srvloc.flags_v1.overflow": 0,
            "srvloc.flags_v1.url_auth": 1,
            "srvloc.function": 6,
            "srvloc.pktlen": 12,
            "srvloc.version": 1,
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500002c00010000401100000a0000010a000002c35001ab001800000201000010200000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:srvloc",
            "srvloc.flags_v2": 0x2000,
            "srvloc.flags_v2.fresh": 0,
            "srvloc.flags_v2.overflow": 0,
            "srvloc.flags_v2.reqmulti": 1,
            "srvloc.function": 1,
            "srvloc.pktlen": 16,
            "srvloc.version": 2,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
