"""GRE (RFC 2784, RFC 2890, RFC 1701, RFC 2637)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "plain",
        1,
        "02000000000202000000000108004500002c00010000402f00000a0000010a00000200000800450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:ip", "gre.flags.checksum": 0, "gre.flags.key": 0, "gre.flags.recursion_control": 0,
            "gre.flags.routing": 0, "gre.flags.sequence_number": 0, "gre.flags.strict_source_route": 0, "gre.flags.version": 0,
            "gre.flags_and_version": 0x0000, "gre.proto": 0x0800,
        },
    ),
    (
        "checksum, key and sequence number",
        1,
        "02000000000202000000000108004500004c00010000402f00000a0000010a000002b00086dd12340000deadbeef000000096000000000003b4020010db80000"
        "0000000000000000000120010db8000000000000000000000002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:ipv6", "gre.checksum": 0x1234, "gre.checksum.status": 0, "gre.flags.checksum": 1,
            "gre.flags.key": 1, "gre.flags.recursion_control": 0, "gre.flags.routing": 0, "gre.flags.sequence_number": 1,
            "gre.flags.strict_source_route": 0, "gre.flags.version": 0, "gre.flags_and_version": 0xb000, "gre.key": 0xdeadbeef,
            "gre.offset": 0, "gre.proto": 0x86dd,
        },
    ),
    (
        "a source route",
        1,
        "02000000000202000000000108004500003c00010000402f00000a0000010a000002c000080000000000080000040a00000900000000450000140001000040fd"
        "00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:ip", "gre.checksum": 0x0000, "gre.checksum.status": 0, "gre.flags.checksum": 1,
            "gre.flags.key": 0, "gre.flags.recursion_control": 0, "gre.flags.routing": 1, "gre.flags.sequence_number": 0,
            "gre.flags.strict_source_route": 0, "gre.flags.version": 0, "gre.flags_and_version": 0xc000, "gre.offset": 0,
            "gre.proto": 0x0800, "gre.routing.address_family": [2048, 0],
        },
    ),
    (
        "PPTP with acknowledgement",
        1,
        "02000000000202000000000108004500002800010000402f00000a0000010a0000023081880b000400070000000100000002ff03c021",
        {
            "gre.ack_number": 2, "gre.flags.checksum": 0, "gre.flags.key": 1, "gre.flags.recursion_control": 0, "gre.flags.routing": 0,
            "gre.flags.sequence_number": 1, "gre.flags.strict_source_route": 0, "gre.flags.version": 1, "gre.flags_and_version": 0x3081,
            "gre.key.call_id": 7, "gre.key.payload_length": 4, "gre.proto": 0x880b, "gre.sequence_number": 1,
        },
    ),
    (
        "Ethernet behind a key (NVGRE)",
        1,
        "02000000000202000000000108004500003e00010000402f00000a0000010a000002200065580012340102000000000402000000000308004500001400010000"
        "40fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:eth:ethertype:ip", "gre.flags.checksum": 0, "gre.flags.key": 1,
            "gre.flags.recursion_control": 0, "gre.flags.routing": 0, "gre.flags.sequence_number": 0, "gre.flags.strict_source_route": 0,
            "gre.flags.version": 0, "gre.flags_and_version": 0x2000, "gre.key": 0x00123401, "gre.proto": 0x6558,
        },
    ),
    (
        "in UDP",
        1,
        "02000000000202000000000108004500003400010000401100000a0000010a000002c35012920020000000000800450000140001000040fd00000a0100010a01"
        "0002",
        {
            "frame.protocols": "eth:ethertype:ip:udp:gre:ip", "gre.flags.checksum": 0, "gre.flags.key": 0, "gre.flags.recursion_control": 0,
            "gre.flags.routing": 0, "gre.flags.sequence_number": 0, "gre.flags.strict_source_route": 0, "gre.flags.version": 0,
            "gre.flags_and_version": 0x0000, "gre.proto": 0x0800,
        },
    ),
    (
        "WCCP redirect",
        1,
        "02000000000202000000000108004500003000010000402f00000a0000010a0000020000883e01020304450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:ip", "gre.flags.checksum": 0, "gre.flags.key": 0, "gre.flags.recursion_control": 0,
            "gre.flags.routing": 0, "gre.flags.sequence_number": 0, "gre.flags.strict_source_route": 0, "gre.flags.version": 0,
            "gre.flags_and_version": 0x0000, "gre.proto": 0x883e, "gre.wccp.alternative_bucket": 3, "gre.wccp.alternative_bucket_used": 0,
            "gre.wccp.dynamic_service": 1, "gre.wccp.primary_bucket": 4,
        },
    ),
    (
        "WCCP version 1",
        1,
        "02000000000202000000000108004500002c00010000402f00000a0000010a0000020000883e450000140001000040fd00000a0100010a010002",
        {
            "frame.protocols": "eth:ethertype:ip:gre:ip", "gre.flags.checksum": 0, "gre.flags.key": 0, "gre.flags.recursion_control": 0,
            "gre.flags.routing": 0, "gre.flags.sequence_number": 0, "gre.flags.strict_source_route": 0, "gre.flags.version": 0,
            "gre.flags_and_version": 0x0000, "gre.proto": 0x883e,
        },
    ),
    (
        "cut within the key",
        1,
        "02000000000202000000000108004500001c00010000402f00000a0000010a000002200008000012",
        {
            "frame.protocols": "eth:ethertype:ip:gre", "gre.flags.checksum": 0, "gre.flags.key": 1, "gre.flags.recursion_control": 0,
            "gre.flags.routing": 0, "gre.flags.sequence_number": 0, "gre.flags.strict_source_route": 0, "gre.flags.version": 0,
            "gre.flags_and_version": 0x2000, "gre.proto": 0x0800,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
