"""HSRP (RFC 2281)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "hello",
        1,
        "01005e00000200000c07ac01080045c000300000000001111849c0a8000ae000000207c107c1001c2d3d000010030ac80100636973636f000000c0a80001",
        {
            "frame.protocols": "eth:ethertype:ip:udp:hsrp",
            "hsrp.auth_data": "cisco",
            "hsrp.group": 1,
            "hsrp.hellotime": 3,
            "hsrp.holdtime": 10,
            "hsrp.opcode": 0,
            "hsrp.priority": 200,
            "hsrp.reserved": 0,
            "hsrp.state": 16,
            "hsrp.version": 0,
            "hsrp.virt_ip": "192.168.0.1",
        },
    ),
    (
        "advertise",
        1,
        "01005e000002c203348d0000080045c0002c0000000001111839c0a8001ee000000207c107c10018de5e00030001000e0200000000026f0000000000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:hsrp",
            "hsrp.adv.activegrp": 0,
            "hsrp.adv.passivegrp": 2,
            "hsrp.adv.reserved1": 0,
            "hsrp.adv.reserved2": 1862270976,
            "hsrp.adv.state": 2,
            "hsrp.adv.tlvlength": 14,
            "hsrp.adv.tlvtype": 1,
            "hsrp.opcode": 3,
            "hsrp.version": 0,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
