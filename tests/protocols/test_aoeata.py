"""ATA over Ethernet's commands."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "identify the device",
        1,
        "020000000002 020000000001 88a2 10 00 0014 00 00 0001cd4a 40 00 01 ec 000000a00000 0000",
        {
            "frame.protocols": "eth:ethertype:aoe",
            "aoe.aflags.e": 1,
            "aoe.aflags.w": 0,
            "aoe.ata.cmd": 0xEC,
            "aoe.cmd": 0,
            "aoe.err_feature": 0x00,
            "aoe.flags_error": 0,
            "aoe.lba": 0x00000000A0000000,
            "aoe.major": 0x0014,
            "aoe.minor": 0x00,
            "aoe.response": 0,
            "aoe.sector_count": 1,
            "aoe.tag": 0x0001CD4A,
            "aoe.version": 1,
        },
    ),
    (
        "cut in the address",
        1,
        "020000000002 020000000001 88a2 10 00 0014 00 00 0001cd4a 40 00 01 ec 0000",
        {
            "frame.protocols": "eth:ethertype:aoe",
            "aoe.aflags.e": 1,
            "aoe.aflags.w": 0,
            "aoe.ata.cmd": 0xEC,
            "aoe.cmd": 0,
            "aoe.err_feature": 0x00,
            "aoe.flags_error": 0,
            "aoe.major": 0x0014,
            "aoe.minor": 0x00,
            "aoe.response": 0,
            "aoe.sector_count": 1,
            "aoe.tag": 0x0001CD4A,
            "aoe.version": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
