"""OSPF version 2 (RFC 2328)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "hello",
        1,
        "01005e0000050025456017c1080045c0007cbf1d00000159df98c0a87905e000000502010034c0a8ff0f0000000000000002000001105a834112ffff"
        "ff00000a120100000028c0a87904c0a87905c0a8ff0bc0a8ff0e91b01c6bd6c7093c11861e76334ba858000000090001000400000001000200145a83"
        "411262a849db4649604c9fda6c0a9fdf2586022a42ea",
        {
            "frame.protocols": "eth:ethertype:ip:ospf",
            "ospf.area_id": "0.0.0.0",
            "ospf.auth.type": 2,
            "ospf.checksum": 0,
            "ospf.hello.active_neighbor": ["192.168.255.11", "192.168.255.14"],
            "ospf.hello.backup_designated_router": "192.168.121.5",
            "ospf.hello.designated_router": "192.168.121.4",
            "ospf.hello.hello_interval": 10,
            "ospf.hello.network_mask": "255.255.255.0",
            "ospf.hello.router_dead_interval": 40,
            "ospf.hello.router_priority": 1,
            "ospf.msg": 1,
            "ospf.packet_length": 52,
            "ospf.srcrouter": "192.168.255.15",
            "ospf.v2.options": 18,
            "ospf.v2.options.dc": 0,
            "ospf.v2.options.dn": 0,
            "ospf.v2.options.e": 1,
            "ospf.v2.options.l": 1,
            "ospf.v2.options.mc": 0,
            "ospf.v2.options.n": 0,
            "ospf.v2.options.o": 0,
            "ospf.version": 2,
        },
    ),
    (
        "link state acknowledgment",
        1,
        "01005e000005020200020000080045c000541baa400001597ae001000102e000000502050040020202020000000188e800000000000000000000002e"
        "220101010101010101018000000262ba0024002b2203010000000101010180000001c26b001c",
        {
            "frame.protocols": "eth:ethertype:ip:ospf",
            "ospf.advrouter": ["1.1.1.1", "1.1.1.1"],
            "ospf.area_id": "0.0.0.1",
            "ospf.auth.type": 0,
            "ospf.checksum": 35048,
            "ospf.lsa": [1, 3],
            "ospf.lsa.age": [46, 43],
            "ospf.lsa.chksum": [25274, 49771],
            "ospf.lsa.donotage": [0, 0],
            "ospf.lsa.id": ["1.1.1.1", "1.0.0.0"],
            "ospf.lsa.length": [36, 28],
            "ospf.lsa.seqnum": [2147483650, 2147483649],
            "ospf.msg": 5,
            "ospf.packet_length": 64,
            "ospf.srcrouter": "2.2.2.2",
            "ospf.version": 2,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
