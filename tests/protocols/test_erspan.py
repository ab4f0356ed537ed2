"""ERSPAN."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "type I",
        1,
        "02000000000202000000000108004500003a00010000402f00000a0000010a000002000088be0200000000040200000000030800450000140001000040fd0000"
        "0a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan:eth:ethertype:ip",
        },
    ),
    (
        "type II",
        1,
        "02000000000202000000000108004500004600010000402f00000a0000010a000002100088be0000000110645065000f0abc0200000000040200000000030800"
        "450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan:eth:ethertype:ip",
            "erspan.cos": 2,
            "erspan.encap": 2,
            "erspan.index": 985788,
            "erspan.reserved": 0,
            "erspan.spanid": 101,
            "erspan.truncated": 0,
            "erspan.version": 1,
            "erspan.vlan": 100,
        },
    ),
    (
        "type III",
        1,
        "02000000000202000000000108004500004a00010000402f00000a0000010a000002100022eb0000000220140000a3595bff0001000602000000000402000000"
        "00030800450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan:eth:ethertype:ip",
            "erspan.bso": 0,
            "erspan.cos": 0,
            "erspan.direction": 0,
            "erspan.ft": 0,
            "erspan.gra": 3,
            "erspan.hw": 0,
            "erspan.o": 0,
            "erspan.p": 0,
            "erspan.sgt": 1,
            "erspan.spanid": 0,
            "erspan.timestamp": 2740542463,
            "erspan.truncated": 0,
            "erspan.version": 2,
        },
    ),
    (
        "type III with a platform subheader",
        1,
        "02000000000202000000000108004500005200010000402f00000a0000010a000002100022eb0000000220140000a3595bff000100070c000001000000020200"
        "000000040200000000030800450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan:eth:ethertype:ip",
            "erspan.bso": 0,
            "erspan.cos": 0,
            "erspan.direction": 0,
            "erspan.ft": 0,
            "erspan.gra": 3,
            "erspan.hw": 0,
            "erspan.o": 1,
            "erspan.p": 0,
            "erspan.platid": 3,
            "erspan.sgt": 1,
            "erspan.spanid": 0,
            "erspan.timestamp": 2740542463,
            "erspan.truncated": 0,
        },
    ),
    (
        "type III with IP",
        1,
        "02000000000202000000000108004500003c00010000402f00000a0000010a000002100022eb0000000220140000a3595bff00010800450000140001000040fd"
        "00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan",
            "erspan.bso": 0,
            "erspan.cos": 0,
            "erspan.direction": 0,
            "erspan.ft": 2,
            "erspan.gra": 0,
            "erspan.hw": 0,
            "erspan.o": 0,
            "erspan.p": 0,
            "erspan.sgt": 1,
            "erspan.spanid": 0,
            "erspan.timestamp": 2740542463,
            "erspan.truncated": 0,
            "erspan.version": 2,
        },
    ),
    (
        "type III under the older number",
        1,
        "02000000000202000000000108004500004a00010000402f00000a0000010a000002100088be0000000220140000a3595bff0001000602000000000402000000"
        "00030800450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan:eth:ethertype:ip",
            "erspan.bso": 0,
            "erspan.cos": 0,
            "erspan.direction": 0,
            "erspan.ft": 0,
            "erspan.gra": 3,
            "erspan.hw": 0,
            "erspan.o": 0,
            "erspan.p": 0,
            "erspan.sgt": 1,
            "erspan.spanid": 0,
            "erspan.timestamp": 2740542463,
            "erspan.truncated": 0,
            "erspan.version": 2,
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500002400010000402f00000a0000010a000002100088be0000000110645065",
        {
            "frame.protocols": "eth:ethertype:ip:gre:erspan",
            "erspan.cos": 2,
            "erspan.encap": 2,
            "erspan.spanid": 101,
            "erspan.truncated": 0,
            "erspan.version": 1,
            "erspan.vlan": 100,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
