"""IGMP (RFC 1112, RFC 2236, RFC 3376)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "report of version 2",
        228,
        "46000020000100004002d1d40a0000010a000002940400001600fa04e00000fb",
        {
            "frame.protocols": "ip:igmp:igmp",
            "igmp.checksum": 64004,
            "igmp.checksum.status": 0,
            "igmp.maddr": "224.0.0.251",
            "igmp.max_resp": 0,
            "igmp.type": 22,
            "igmp.version": 2,
        },
    ),
    (
        "query of version 1",
        228,
        "4500001c00010000400266dd0a0000010a0000021100eeff00000000",
        {
            "frame.protocols": "ip:igmp:igmp",
            "igmp.checksum": 61183,
            "igmp.checksum.status": 1,
            "igmp.maddr": "0.0.0.0",
            "igmp.type": 17,
            "igmp.version": 1,
        },
    ),
    (
        "query of version 3, a long delay",
        228,
        "4500002400010000400266d50a0000010a00000211f00000e00000090a7d00010a000009",
        {
            "frame.protocols": "ip:igmp:igmp",
            "igmp.checksum": 0,
            "igmp.checksum.status": 0,
            "igmp.maddr": "224.0.0.9",
            "igmp.max_resp": 16384,
            "igmp.max_resp.exp": 7,
            "igmp.max_resp.mant": 0,
            "igmp.num_src": 1,
            "igmp.qqic": 125,
            "igmp.qrv": 2,
            "igmp.s": 1,
            "igmp.saddr": "10.0.0.9",
            "igmp.type": 17,
            "igmp.version": 3,
        },
    ),
    (
        "report of version 3",
        228,
        "4500002c00010000400266cd0a0000010a000002220000000000000102000002000000000a0000010a000002",
        {
            "frame.protocols": "ip:igmp:igmp",
            "igmp.aux_data_len": 0,
            "igmp.num_grp_recs": 1,
            "igmp.record_type": 2,
            "igmp.saddr": ["10.0.0.1", "10.0.0.2"],
            "igmp.type": 34,
            "igmp.version": 3,
        },
    ),
    (
        "cut",
        228,
        "4500001700010000400266e20a0000010a0000021600fa",
        {
            "frame.protocols": "ip:igmp:igmp",
            "igmp.max_resp": 0,
            "igmp.type": 22,
            "igmp.version": 2,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
