"""Synchrophasors (IEEE C37.118.2)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "command",
        1,
        "02000000000202000000000108004500002e00010000401100000a0000010a000002c3501269001a0000aa410012003c4899e1aa00342ed50001560b",
        {
            "frame.protocols": "eth:ethertype:ip:udp:synphasor",
            "synphasor.fracsec_raw": 3419861,
            "synphasor.frsize": 18,
            "synphasor.frtype": 0x0004,
            "synphasor.idcode_stream_source": 60,
            "synphasor.sync": 0xAA41,
            "synphasor.timeqal.lsdir": 0,
            "synphasor.timeqal.lsocc": 0,
            "synphasor.timeqal.lspend": 0,
            "synphasor.timeqal.timequalindic": 0x00,
            "synphasor.version": 1,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
