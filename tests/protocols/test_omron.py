"""OMRON FINS."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "memory read",
        1,
        "02000000000202000000000108004500002e00010000401100000a0000010a000002c3502580001a00008000020000000000007a010100cccccc0001",
        {
            "frame.protocols": "eth:ethertype:ip:udp:omron",
            "omron.command": 0x0101,
            "omron.da1": 0x00,
            "omron.da2": 0x00,
            "omron.dna": 0x00,
            "omron.gct": 0x02,
            "omron.icf": 0x80,
            "omron.icf.dtb": 0x00,
            "omron.icf.gwb": 0x01,
            "omron.icf.rsb": 0x00,
            "omron.rsv": 0x00,
            "omron.sa1": 0x00,
            "omron.sa2": 0x00,
            "omron.sid": 0x7A,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
