"""Neighbour discovery (RFC 4861)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "solicitation with a link address",
        229,
        "6000000000203a4020010db800000000000000000000000120010db8000000000000000000000002870000000000000020010db80000000000000000"
        "000000020101020000000001",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.code": 0,
            "icmpv6.nd.ns.target_address": "2001:db8::2",
            "icmpv6.opt.length": 1,
            "icmpv6.opt.linkaddr": "02:00:00:00:00:01",
            "icmpv6.opt.src_linkaddr": "02:00:00:00:00:01",
            "icmpv6.opt.type": 1,
            "icmpv6.reserved": "00000000",
            "icmpv6.type": 135,
        },
    ),
    (
        "advertisement: prefix, MTU, resolvers",
        229,
        "6000000000503a4020010db800000000000000000000000120010db80000000000000000000000028600000040c00708000000000000000a030440c0"
        "0000000a0000000b0000000020010db800000000000000000000000005010000000005dc190300000000003c20010db8000000000000000000000035",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.code": 0,
            "icmpv6.nd.ra.cur_hop_limit": 64,
            "icmpv6.nd.ra.flag": 192,
            "icmpv6.nd.ra.flag.h": 0,
            "icmpv6.nd.ra.flag.m": 1,
            "icmpv6.nd.ra.flag.o": 1,
            "icmpv6.nd.ra.flag.p": 0,
            "icmpv6.nd.ra.flag.prf": 0,
            "icmpv6.nd.ra.flag.rsv": 0,
            "icmpv6.nd.ra.reachable_time": 0,
            "icmpv6.nd.ra.retrans_timer": 10,
            "icmpv6.nd.ra.router_lifetime": 1800,
            "icmpv6.opt.length": [4, 1, 3],
            "icmpv6.opt.mtu": 1500,
            "icmpv6.opt.prefix": "2001:db8::",
            "icmpv6.opt.prefix.flag": 192,
            "icmpv6.opt.prefix.flag.a": 1,
            "icmpv6.opt.prefix.flag.l": 1,
            "icmpv6.opt.prefix.flag.r": 0,
            "icmpv6.opt.prefix.flag.reserved": 0,
            "icmpv6.opt.prefix.length": 64,
            "icmpv6.opt.prefix.preferred_lifetime": 11,
            "icmpv6.opt.prefix.valid_lifetime": 10,
            "icmpv6.opt.rdnss": "2001:db8::35",
            "icmpv6.opt.rdnss.lifetime": 60,
            "icmpv6.opt.type": [3, 5, 25],
            "icmpv6.type": 134,
        },
    ),
    (
        "neighbor advertisement",
        229,
        "6000000000203a4020010db800000000000000000000000120010db800000000000000000000000288000000e000000020010db80000000000000000"
        "000000020201020000000002",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.code": 0,
            "icmpv6.nd.na.flag": 3758096384,
            "icmpv6.nd.na.flag.o": 1,
            "icmpv6.nd.na.flag.r": 1,
            "icmpv6.nd.na.flag.rsv": 0,
            "icmpv6.nd.na.flag.s": 1,
            "icmpv6.nd.na.target_address": "2001:db8::2",
            "icmpv6.opt.length": 1,
            "icmpv6.opt.linkaddr": "02:00:00:00:00:02",
            "icmpv6.opt.target_linkaddr": "02:00:00:00:00:02",
            "icmpv6.opt.type": 2,
            "icmpv6.type": 136,
        },
    ),
    (
        "an option of length 0",
        229,
        "6000000000103a4020010db800000000000000000000000120010db800000000000000000000000285000000000000000100020000000002",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.type": 133,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
