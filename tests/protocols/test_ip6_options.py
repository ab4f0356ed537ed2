"""IPv6 hop-by-hop and destination options (RFC 8200)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "router alert and padding",
        229,
        "600000000008004020010db800000000000000000000000120010db80000000000000000000000023b00050200000100",
        {
            "frame.protocols": "ipv6:ipv6.hopopts",
            "ipv6.hopopts.len": 0,
            "ipv6.hopopts.len_oct": 8,
            "ipv6.hopopts.nxt": 59,
            "ipv6.opt.length": [2, 0],
            "ipv6.opt.router_alert": 0,
            "ipv6.opt.type": [5, 1],
            "ipv6.opt.type.action": [0, 0],
            "ipv6.opt.type.change": [0, 0],
            "ipv6.opt.type.rest": [5, 1],
        },
    ),
    (
        "home address, in destination options",
        229,
        "6000000000183c4020010db800000000000000000000000120010db80000000000000000000000023b02c91020010db800000000000000000000000301020000",
        {
            "frame.protocols": "ipv6:ipv6.dstopts",
            "ipv6.dstopts.len": 2,
            "ipv6.dstopts.len_oct": 24,
            "ipv6.dstopts.nxt": 59,
            "ipv6.opt.length": [16, 2],
            "ipv6.opt.mipv6.home_address": "2001:db8::3",
            "ipv6.opt.padn": "0000",
            "ipv6.opt.type": [201, 1],
            "ipv6.opt.type.action": [3, 0],
            "ipv6.opt.type.change": [0, 0],
            "ipv6.opt.type.rest": [9, 1],
        },
    ),
    (
        "jumbo and a tunnel limit",
        229,
        "600000000010004020010db800000000000000000000000120010db80000000000000000000000023b01c204000100000401050000000000",
        {
            "frame.protocols": "ipv6:ipv6.hopopts",
            "ipv6.hopopts.len": 1,
            "ipv6.hopopts.len_oct": 16,
            "ipv6.hopopts.nxt": 59,
            "ipv6.opt.jumbo": 65536,
            "ipv6.opt.length": [4, 1],
            "ipv6.opt.tel": 5,
            "ipv6.opt.type.action": [3, 0],
            "ipv6.opt.type.change": [0, 0],
            "ipv6.opt.type.rest": [2, 4],
        },
    ),
    (
        "an option longer than the header",
        229,
        "600000000009004020010db800000000000000000000000120010db80000000000000000000000023b000509000000003b",
        {
            "frame.protocols": "ipv6:ipv6.hopopts",
            "ipv6.hopopts.len": 0,
            "ipv6.hopopts.len_oct": 8,
            "ipv6.hopopts.nxt": 59,
        },
    ),
    (
        "cut",
        229,
        "600000000006004020010db800000000000000000000000120010db80000000000000000000000023b000502",
        {
            "frame.protocols": "ipv6:ipv6.hopopts",
            "ipv6.hopopts.nxt": 59,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
