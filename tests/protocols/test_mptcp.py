"""Multipath TCP (RFC 6824, RFC 8684)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "version 1 without a key, in a SYN",
        228,
        "4500002c00010000400666c90a0000010a000002c0000050000003e8000000006002ffff000000001e040181",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": 30,
            "tcp.option_len": 4,
            "tcp.options": "1e040181",
            "tcp.options.mptcp.checksumreq.flags": 1,
            "tcp.options.mptcp.extensibility.flag": 0,
            "tcp.options.mptcp.flags": 129,
            "tcp.options.mptcp.nomoresubflows.flag": 0,
            "tcp.options.mptcp.sha256.flag": 1,
            "tcp.options.mptcp.subtype": 0,
            "tcp.options.mptcp.version": 1,
        },
    ),
    (
        "version 0 with a key",
        228,
        "4500003400010000400666c10a0000010a000002c0000050000003e8000000008002ffff000000001e0c00810102030405060708",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": 30,
            "tcp.option_len": 12,
            "tcp.options": "1e0c00810102030405060708",
            "tcp.options.mptcp.checksumreq.flags": 1,
            "tcp.options.mptcp.extensibility.flag": 0,
            "tcp.options.mptcp.flags": 129,
            "tcp.options.mptcp.sendkey": 72623859790382856,
            "tcp.options.mptcp.sha1.flag": 1,
            "tcp.options.mptcp.subtype": 0,
            "tcp.options.mptcp.version": 0,
        },
    ),
    (
        "join: SYN",
        228,
        "4500003400010000400666c10a0000010a000002c0000050000003e8000000008002ffff000000001e0c1001aabbccdd11223344",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": 30,
            "tcp.option_len": 12,
            "tcp.options": "1e0c1001aabbccdd11223344",
            "tcp.options.mptcp.addrid": 1,
            "tcp.options.mptcp.backup.flag": 0,
            "tcp.options.mptcp.recvtok": 2864434397,
            "tcp.options.mptcp.sendrand": 287454020,
            "tcp.options.mptcp.subtype": 1,
        },
    ),
    (
        "join: SYN and ACK",
        228,
        "4500003800010000400666bd0a0000010a000002c0000050000003e8000000009002ffff000000001e101102010203040506070811223344",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": 30,
            "tcp.option_len": 16,
            "tcp.options": "1e101102010203040506070811223344",
            "tcp.options.mptcp.addrid": 2,
            "tcp.options.mptcp.backup.flag": 1,
            "tcp.options.mptcp.sendrand": 287454020,
            "tcp.options.mptcp.sendtrunchmac": 72623859790382856,
            "tcp.options.mptcp.subtype": 1,
        },
    ),
    (
        "data sequence signal, 8 and 4 octets",
        228,
        "4500004600010000400666af0a0000010a000002c0000050000003e800000000c002ffff000000001e1a200700000000000000010000000200000003"
        "000400001e0820010000",
        {
            "frame.protocols": "ip:tcp",
            "tcp.options.mptcp.dataack8.flag": 1,
            "tcp.options.mptcp.dataackpresent.flag": 1,
            "tcp.options.mptcp.datafin.flag": 0,
            "tcp.options.mptcp.datalvllen": 4,
            "tcp.options.mptcp.dseqn8.flag": 0,
            "tcp.options.mptcp.dseqnpresent.flag": 1,
            "tcp.options.mptcp.rawdataack": 1,
            "tcp.options.mptcp.rawdataseqno": 2,
            "tcp.options.mptcp.subflowseqno": 3,
            "tcp.options.mptcp.subtype": 2,
        },
    ),
    (
        "addresses added",
        228,
        "4500003000010000400666c50a0000010a000002c0000050000003e8000000007002ffff000000001e0840010a000001",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": 30,
            "tcp.option_len": 8,
            "tcp.options": "1e0840010a000001",
            "tcp.options.mptcp.subtype": 4,
        },
    ),
    (
        "address added by version 1, with its MAC",
        228,
        "4500003800010000400666bd0a0000010a000002c0000050000003e8000000009002ffff000000001e1030020a0000010102030405060708",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": 30,
            "tcp.option_len": 16,
            "tcp.options": "1e1030020a0000010102030405060708",
            "tcp.options.mptcp.addaddrtrunchmac": 72623859790382856,
            "tcp.options.mptcp.addrid": 2,
            "tcp.options.mptcp.echo": 0,
            "tcp.options.mptcp.ipv4": "10.0.0.1",
            "tcp.options.mptcp.subtype": 3,
        },
    ),
    (
        "reset, fallback",
        228,
        "4500003800010000400666bd0a0000010a000002c0000050000003e8000000009002ffff000000001e0481021e0c60000000000000000009",
        {
            "frame.protocols": "ip:tcp",
            "tcp.option_kind": [30, 30],
            "tcp.option_len": [4, 12],
            "tcp.options": "1e0481021e0c60000000000000000009",
            "tcp.options.mptcp.flag_T.flag": 1,
            "tcp.options.mptcp.flag_U.flag": 0,
            "tcp.options.mptcp.flag_V.flag": 0,
            "tcp.options.mptcp.flag_W.flag": 0,
            "tcp.options.mptcp.rawdataseqno": 9,
            "tcp.options.mptcp.rst_reason": 2,
            "tcp.options.mptcp.subtype": [8, 6],
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
