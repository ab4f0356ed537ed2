"""TCP (RFC 9293)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "a SYN",
        228,
        "4500002800010000400666cd0a0000010a000002c0000050000003e8000000005002ffff00000000",
        {
            "frame.protocols": "ip:tcp",
            "tcp.ack_raw": 0,
            "tcp.dstport": 80,
            "tcp.flags": 2,
            "tcp.flags.ack": 0,
            "tcp.flags.ae": 0,
            "tcp.flags.cwr": 0,
            "tcp.flags.ece": 0,
            "tcp.flags.fin": 0,
            "tcp.flags.push": 0,
            "tcp.flags.res": 0,
            "tcp.flags.reset": 0,
            "tcp.flags.syn": 1,
            "tcp.flags.urg": 0,
            "tcp.hdr_len": 20,
            "tcp.len": 0,
            "tcp.port": [49152, 80],
            "tcp.seq_raw": 1000,
            "tcp.srcport": 49152,
            "tcp.urgent_pointer": 0,
            "tcp.window_size_value": 65535,
        },
    ),
    (
        "all flags and a reserved bit",
        228,
        "4500002900010000400666cc0a0000010a000002c0000050000003e8000007d053ff10000000000561",
        {
            "frame.protocols": "ip:tcp",
            "tcp.ack_raw": 2000,
            "tcp.flags": 1023,
            "tcp.flags.ack": 1,
            "tcp.flags.ae": 1,
            "tcp.flags.cwr": 1,
            "tcp.flags.ece": 1,
            "tcp.flags.fin": 1,
            "tcp.flags.push": 1,
            "tcp.flags.res": 1,
            "tcp.flags.reset": 1,
            "tcp.flags.syn": 1,
            "tcp.flags.urg": 1,
            "tcp.len": 1,
            "tcp.seq_raw": 1000,
            "tcp.urgent_pointer": 5,
            "tcp.window_size_value": 4096,
        },
    ),
    (
        "a header shorter than may be",
        228,
        "4500002900010000400666cc0a0000010a000002c0000050000003e8000007d0400210000000000561",
        {
            "frame.protocols": "ip:tcp",
            "tcp.dstport": 80,
            "tcp.hdr_len": 16,
            "tcp.srcport": 49152,
        },
    ),
    (
        "cut after the sequence number",
        228,
        "4500002800010000400666cd0a0000010a000002c0000050000003e8",
        {
            "frame.protocols": "ip:tcp",
            "tcp.dstport": 80,
            "tcp.srcport": 49152,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
