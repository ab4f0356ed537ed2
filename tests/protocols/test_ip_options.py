"""Options of IPv4 (RFC 791)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "record route, two recorded of three",
        228,
        "4900002400010000403b48790a0000010a000002070f0c0a0000030a0000040000000000",
        {
            "frame.protocols": "ip",
            "ip.empty_rt": "0.0.0.0",
            "ip.opt.len": 15,
            "ip.opt.ptr": 12,
            "ip.opt.type": [7, 0],
            "ip.opt.type.class": [0, 0],
            "ip.opt.type.copy": [0, 0],
            "ip.opt.type.number": [7, 0],
            "ip.rec_rt": ["10.0.0.3", "10.0.0.4"],
        },
    ),
    (
        "stream id, quick start, router alert, security",
        228,
        "4a00002800010000403b75400a0000010a00000288041234190803050000000a9404000082032000",
        {
            "frame.protocols": "ip",
            "ip.opt.len": [4, 8, 4, 3],
            "ip.opt.qs_func": 0,
            "ip.opt.qs_nonce": 2,
            "ip.opt.qs_rate": 3,
            "ip.opt.qs_reserved": 2,
            "ip.opt.ra": 0,
            "ip.opt.sec_cl": 32,
            "ip.opt.sid": 4660,
            "ip.opt.type": [136, 25, 148, 130, 0],
            "ip.opt.type.class": [0, 0, 0, 0, 0],
            "ip.opt.type.copy": [1, 0, 1, 1, 0],
            "ip.opt.type.number": [8, 25, 20, 2, 0],
        },
    ),
    (
        "timestamps with addresses",
        228,
        "4a00002800010000403bfc7a0a0000010a00000244140d010a000003000000010a00000400000000",
        {
            "frame.protocols": "ip",
            "ip.opt.flag": 1,
            "ip.opt.len": 20,
            "ip.opt.overflow": 0,
            "ip.opt.ptr": 13,
            "ip.opt.time_stamp": [1, 0],
            "ip.opt.time_stamp_addr": ["10.0.0.3", "10.0.0.4"],
            "ip.opt.type": 68,
            "ip.opt.type.class": 2,
            "ip.opt.type.copy": 0,
            "ip.opt.type.number": 4,
        },
    ),
    (
        "an option longer than the header",
        228,
        "4700001c00010000403b3c930a0000010a00000294040000940c0000",
        {
            "frame.protocols": "ip",
            "ip.hdr_len": 28,
            "ip.opt.len": 4,
            "ip.opt.ra": 0,
            "ip.opt.type": 148,
            "ip.opt.type.class": 0,
            "ip.opt.type.copy": 1,
            "ip.opt.type.number": 20,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
