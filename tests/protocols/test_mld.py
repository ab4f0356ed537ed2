"""Multicast listener discovery (RFC 2710, RFC 3810)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "query",
        229,
        "6000000000183a4020010db800000000000000000000000120010db80000000000000000000000028200000003e8000000000000000000000000000000000000",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.code": 0,
            "icmpv6.mld.maximum_response_delay": 1000,
            "icmpv6.mld.multicast_address": "::",
            "icmpv6.reserved": "0000",
            "icmpv6.type": 130,
        },
    ),
    (
        "query of version 2",
        229,
        "60000000002c3a4020010db800000000000000000000000120010db80000000000000000000000028200000003e80000ff0200000000000000000000"
        "000000090a7d000120010db8000000000000000000000002",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.code": 0,
            "icmpv6.mld.flag": 10,
            "icmpv6.mld.flag.qrv": 2,
            "icmpv6.mld.flag.reserved": 0,
            "icmpv6.mld.flag.s": 1,
            "icmpv6.mld.maximum_response_code": 1000,
            "icmpv6.mld.multicast_address": "ff02::9",
            "icmpv6.mld.nb_sources": 1,
            "icmpv6.mld.qqi": 125,
            "icmpv6.mld.source_address": "2001:db8::2",
            "icmpv6.reserved": "0000",
            "icmpv6.type": 130,
        },
    ),
    (
        "report of version 2",
        229,
        "60000000002c3a4020010db800000000000000000000000120010db80000000000000000000000028f0000000000000102000001ff02000000000000"
        "000000000000000920010db8000000000000000000000002",
        {
            "frame.protocols": "ipv6:icmpv6",
            "icmpv6.code": 0,
            "icmpv6.mldr.mar.aux_data_len": 0,
            "icmpv6.mldr.mar.multicast_address": "ff02::9",
            "icmpv6.mldr.mar.nb_sources": 1,
            "icmpv6.mldr.mar.record_type": 2,
            "icmpv6.mldr.mar.source_address": "2001:db8::2",
            "icmpv6.mldr.nb_mcast_records": 1,
            "icmpv6.reserved": "0000",
            "icmpv6.type": 143,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
