"""IPv6 routing header (RFC 8200, 6275, 8754)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "type 0, two addresses",
        229,
        "6000000000282b4020010db800000000000000000000000120010db80000000000000000000000023b0400020000000020010db80000000000000000"
        "0000000320010db8000000000000000000000004",
        {
            "frame.protocols": "ipv6:ipv6.routing",
            "ipv6.routing.len": 4,
            "ipv6.routing.len_oct": 40,
            "ipv6.routing.nxt": 59,
            "ipv6.routing.segleft": 2,
            "ipv6.routing.src.addr": ["2001:db8::3", "2001:db8::4"],
            "ipv6.routing.type": 0,
        },
    ),
    (
        "type 2",
        229,
        "6000000000182b4020010db800000000000000000000000120010db80000000000000000000000023b0202010000000020010db8000000000000000000000003",
        {
            "frame.protocols": "ipv6:ipv6.routing",
            "ipv6.routing.len": 2,
            "ipv6.routing.len_oct": 24,
            "ipv6.routing.mipv6.home_address": "2001:db8::3",
            "ipv6.routing.nxt": 59,
            "ipv6.routing.segleft": 1,
            "ipv6.routing.type": 2,
        },
    ),
    (
        "segments",
        1,
        "080027206bcf080027c22da586dd600889ad00902b40000a000b000c00120000000000000001000a000b000c00020000000000f10000290404010100"
        "0000000a000b000c000300000000000000d6000a000b000c00020000000000f10000600889ad00403a40000a000b000c0012000000000000000100b2"
        "00000000000000000000000000028000635e06ee000103c5475a000000000a5e000000000000101112131415161718191a1b1c1d1e1f202122232425"
        "262728292a2b2c2d2e2f3031323334353637",
        {
            "frame.protocols": "eth:ethertype:ipv6:ipv6.routing:ipv6:icmpv6",
            "ipv6.routing.len": 4,
            "ipv6.routing.len_oct": 40,
            "ipv6.routing.nxt": 41,
            "ipv6.routing.segleft": 1,
            "ipv6.routing.srh.addr": ["a:b:c:3::d6", "a:b:c:2::f1:0"],
            "ipv6.routing.srh.flags": 0,
            "ipv6.routing.srh.last_entry": 1,
            "ipv6.routing.type": 4,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
