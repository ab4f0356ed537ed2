"""ICMP (RFC 792)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "echo",
        228,
        "4500002000010000400166da0a0000010a0000020800f5c80102000161626364",
        {
            "frame.protocols": "ip:icmp",
            "icmp.checksum": 62920,
            "icmp.checksum.status": 0,
            "icmp.code": 0,
            "icmp.ident": 258,
            "icmp.ident_le": 513,
            "icmp.seq": 1,
            "icmp.seq_le": 256,
            "icmp.type": 8,
            "ip.src": "10.0.0.1",
        },
    ),
    (
        "too big: next hop MTU, the datagram quoted",
        228,
        "4500003800010000400166c20a0000010a000002030400000000057845000020000100004011000a0a0000020a0000030035003500080000",
        {
            "frame.protocols": "ip:icmp:ip:udp",
            "icmp.checksum": 0,
            "icmp.checksum.status": 0,
            "icmp.code": 4,
            "icmp.mtu": 1400,
            "icmp.type": 3,
            "ip.src": ["10.0.0.1", "10.0.0.2"],
            "udp.srcport": 53,
        },
    ),
    (
        "router advertisement",
        228,
        "4500002c00010000400166ce0a0000010a0000020900000002020708010203040000000505060708fffffffe",
        {
            "frame.protocols": "ip:icmp",
            "icmp.addr_entry_size": 2,
            "icmp.checksum": 0,
            "icmp.checksum.status": 0,
            "icmp.code": 0,
            "icmp.lifetime": 1800,
            "icmp.num_addrs": 2,
            "icmp.pref_level": [5, -2],
            "icmp.router_address": ["1.2.3.4", "5.6.7.8"],
            "icmp.type": 9,
            "ip.src": "10.0.0.1",
        },
    ),
    (
        "timestamp",
        228,
        "4500002800010000400166d20a0000010a0000020d0000000102030400000001000000020000000a",
        {
            "frame.protocols": "ip:icmp",
            "icmp.checksum": 0,
            "icmp.checksum.status": 0,
            "icmp.code": 0,
            "icmp.ident": 258,
            "icmp.ident_le": 513,
            "icmp.originate_timestamp": 1,
            "icmp.receive_timestamp": 2,
            "icmp.seq": 772,
            "icmp.seq_le": 1027,
            "icmp.transmit_timestamp": 10,
            "icmp.type": 13,
            "ip.src": "10.0.0.1",
        },
    ),
    (
        "time exceeded with labels (RFC 4884, 4950)",
        1,
        "c20966b00000c20d66d700000800450000a805fa0000fc01a1580a0002010a0001020b00ac2d000000004500001c00e50000021100d90a000102ac10"
        "0002c01d82a5000806070000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000020007df4000801010001"
        "6101",
        {
            "frame.protocols": "eth:ethertype:ip:icmp:ip:udp",
            "icmp.code": 0,
            "icmp.ext.checksum": 32244,
            "icmp.ext.class": 1,
            "icmp.ext.ctype": 1,
            "icmp.ext.length": 8,
            "icmp.ext.res": 0,
            "icmp.ext.version": 2,
            "icmp.type": 11,
        },
    ),
    (
        "cut",
        228,
        "4500001a00010000400166e00a0000010a000002080000000102",
        {
            "frame.protocols": "ip:icmp",
            "icmp.checksum": 0,
            "icmp.checksum.status": 0,
            "icmp.code": 0,
            "icmp.ident": 258,
            "icmp.ident_le": 513,
            "icmp.type": 8,
            "ip.src": "10.0.0.1",
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
