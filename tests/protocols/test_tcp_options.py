"""TCP options (RFC 9293, 7323, 2018, 7413, 6994 …)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "what a SYN has",
        228,
        "4500003c00010000400666b90a0000010a000002c0000050000003e800000000a002ffff00000000020405b40402080a000000010000000203030700",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [2, 4, 8, 3, 0],
            "tcp.option_len": [4, 2, 10, 3],
            "tcp.options": "020405b40402080a000000010000000203030700",
            "tcp.options.mss_val": 1460,
            "tcp.options.timestamp.tsecr": 2,
            "tcp.options.timestamp.tsval": 1,
            "tcp.options.wscale.multiplier": 128,
            "tcp.options.wscale.shift": 7,
        },
    ),
    (
        "selective acknowledgments",
        228,
        "4500003c00010000400666b90a0000010a000002c0000050000003e800000000a002ffff000000000101051200000001000000020000000300000004",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [1, 1, 5],
            "tcp.option_len": 18,
            "tcp.options": "0101051200000001000000020000000300000004",
            "tcp.options.sack.count": 2,
            "tcp.options.sack_le": [1, 3],
            "tcp.options.sack_re": [2, 4],
        },
    ),
    (
        "a cookie, a user timeout, MD5",
        228,
        "4500004c00010000400666a90a0000010a000002c0000050000003e800000000e002ffff00000000220a010203040506070801011c04800513120011"
        "2233445566778899aabbccddeeff0101",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [34, 1, 1, 28, 19, 1, 1],
            "tcp.option_len": [10, 4, 18],
            "tcp.options": "220a010203040506070801011c048005131200112233445566778899aabbccddeeff0101",
            "tcp.options.md5.digest": "00112233445566778899aabbccddeeff",
            "tcp.options.tfo.cookie": "0102030405060708",
            "tcp.options.user_to_granularity": 1,
            "tcp.options.user_to_val": 5,
        },
    ),
    (
        "experiments: Fast Open, Accurate ECN",
        228,
        "4500004000010000400666b50a0000010a000002c0000050000003e800000000b002ffff00000000fe08f98901020304fe0dacc0000001000002000003000000",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [254, 254, 0, 0, 0],
            "tcp.option_len": [8, 13],
            "tcp.options": "fe08f98901020304fe0dacc0000001000002000003000000",
            "tcp.options.acc_ecn.eceb": 2,
            "tcp.options.acc_ecn.ee0b": 1,
            "tcp.options.acc_ecn.ee1b": 3,
            "tcp.options.experimental.exid": [63881, 44224],
            "tcp.options.tfo.cookie": "01020304",
        },
    ),
    (
        "rare ones: echo, quick start, authentication, unassigned",
        228,
        "4500004400010000400666b10a0000010a000002c0000050000003e800000000c002ffff000000000606000000011b080503000000081d08010201020304210401020101",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [6, 27, 29, 33, 1, 1],
            "tcp.option_len": [6, 8, 8, 4],
            "tcp.options": "0606000000011b080503000000081d08010201020304210401020101",
            "tcp.options.ao.keyid": 1,
            "tcp.options.ao.mac": "01020304",
            "tcp.options.ao.rnextkeyid": 2,
            "tcp.options.echo_value": 1,
            "tcp.options.qs.rate": 5,
            "tcp.options.qs.ttl_diff": 3,
            "tcp.options.unknown.payload": "0102",
        },
    ),
    (
        "one that claims more than there is",
        228,
        "4500003000010000400666c50a0000010a000002c0000050000003e8000000007002ffff0000000001020405b4080a00",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [1, 2],
            "tcp.option_len": 4,
            "tcp.options": "01020405b4080a00",
            "tcp.options.mss_val": 1460,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
