"""PPTP (RFC 2637)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "echo request",
        1,
        "02000000000202000000000108004500003800010000400600000a0000010a000002c35006bb00000001000000015018ffff00000000001000011a2b3c4d0005"
        "000000000001",
        {
            "frame.protocols": "eth:ethertype:ip:tcp:pptp",
            "pptp.control_message_type": 5,
            "pptp.length": 16,
            "pptp.magic_cookie": 0x1A2B3C4D,
            "pptp.type": 1,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
