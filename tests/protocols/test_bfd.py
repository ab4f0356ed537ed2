"""BFD (RFC 5880)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "down",
        1,
        "02000000000202000000000108004500003400010000401100000a0000010a000002c3500ec800200000204003180000000100000000000f4240000f42400007a120",
        {
            "frame.protocols": "eth:ethertype:ip:udp:bfd",
            "bfd.desired_min_tx_interval": 1000000,
            "bfd.detect_time_multiplier": 3,
            "bfd.diag": 0x00,
            "bfd.flags.a": 0,
            "bfd.flags.c": 0,
            "bfd.flags.d": 0,
            "bfd.flags.f": 0,
            "bfd.flags.m": 0,
            "bfd.flags.p": 0,
            "bfd.message_length": 24,
            "bfd.my_discriminator": 0x00000001,
            "bfd.required_min_echo_interval": 500000,
            "bfd.required_min_rx_interval": 1000000,
        },
    ),
    (
        "with a password",
        1,
        "02000000000202000000000108004500003d00010000401100000a0000010a000002c3500ec800290000204403210000000100000000000f4240000f42400007"
        "a120010902736563726574",
        {
            "frame.protocols": "eth:ethertype:ip:udp:bfd",
            "bfd.auth.len": 9,
            "bfd.auth.type": 1,
            "bfd.desired_min_tx_interval": 1000000,
            "bfd.detect_time_multiplier": 3,
            "bfd.diag": 0x00,
            "bfd.flags.a": 1,
            "bfd.flags.c": 0,
            "bfd.flags.d": 0,
            "bfd.flags.f": 0,
            "bfd.flags.m": 0,
            "bfd.flags.p": 0,
            "bfd.message_length": 33,
            "bfd.my_discriminator": 0x00000001,
        },
    ),
    (
        "cut",
        1,
        "02000000000202000000000108004500003400010000401100000a0000010a000002c3500ec80020000020400318000000010000",
        {
            "frame.protocols": "eth:ethertype:ip:udp:bfd",
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
