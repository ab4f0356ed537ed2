"""Teredo (RFC 4380)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "plain",
        1,
        "02000000000202000000000108004500004400010000401100000a0000010a000002c3500dd8003000006000000000003b4020010db800000000000000000000"
        "000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:teredo:ipv6",
        },
    ),
    (
        "authentication",
        1,
        "02000000000202000000000108004500005600010000401100000a0000010a000002c3500dd80042000000010203a1a2b1b2b301020304050607080060000000"
        "00003b4020010db800000000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:teredo:ipv6",
            "teredo.auth.aulen": 3,
            "teredo.auth.conf": "00",
            "teredo.auth.id": "a1a2",
            "teredo.auth.idlen": 2,
            "teredo.auth.nonce": "0102030405060708",
            "teredo.auth.value": "b1b2b3",
        },
    ),
    (
        "origin",
        1,
        "02000000000202000000000108004500004c00010000401100000a0000010a000002c3500dd8003800000000fffef5fffffe6000000000003b4020010db80000"
        "0000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:teredo:ipv6",
        },
    ),
    (
        "both",
        1,
        "02000000000202000000000108004500005900010000401100000a0000010a000002c3500dd800450000000100000102030405060708000000fffef5fffffe60"
        "00000000003b4020010db800000000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:teredo:ipv6",
            "teredo.auth.aulen": 0,
            "teredo.auth.conf": "00",
            "teredo.auth.idlen": 0,
            "teredo.auth.nonce": "0102030405060708",
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
