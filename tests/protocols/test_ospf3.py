"""OSPF version 3 (RFC 5340)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "hello",
        1,
        "333300000005c2001ffa000186dd6e00000000245901fe800000000000000000000000000001ff020000000000000000000000000005030100240101"
        "010100000001fb8600000000000501000013000a00280000000000000000",
        {
            "frame.protocols": "eth:ethertype:ipv6:ospf",
            "ospf.area_id": "0.0.0.1",
            "ospf.checksum": 64390,
            "ospf.hello.backup_designated_router": "0.0.0.0",
            "ospf.hello.designated_router": "0.0.0.0",
            "ospf.hello.hello_interval": 10,
            "ospf.hello.interface_id": 5,
            "ospf.hello.router_dead_interval": 40,
            "ospf.hello.router_priority": 1,
            "ospf.instance_id": 0,
            "ospf.msg": 1,
            "ospf.packet_length": 36,
            "ospf.srcrouter": "1.1.1.1",
            "ospf.v3.options": 19,
            "ospf.version": 3,
        },
    ),
    (
        "link state request",
        1,
        "c2011ffa0001c2001ffa000186dd6e00000000a85901fe800000000000000000000000000001fe800000000000000000000000000002030200a80101"
        "01010000000179f600000000001305dc000200001d4600272001000000000101010180000002d13a0018002820030000000001010101800000010ebd"
        "002400282003000000010101010180000001eba0002400282003000000020101010180000001baf60024002820030000000301010101800000016259"
        "0024002200080000000501010101800000023d08003800222009000000000101010180000001e8d2002c",
        {
            "frame.protocols": "eth:ethertype:ipv6:ospf",
            "ospf.advrouter": ["1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.1"],
            "ospf.link_state_id": ["0.0.0.0", "0.0.0.0", "0.0.0.1", "0.0.0.2", "0.0.0.3", "0.0.0.5", "0.0.0.0"],
            "ospf.msg": 2,
            "ospf.v3.lsa": [8193, 8195, 8195, 8195, 8195, 8, 8201],
            "ospf.version": 3,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
