"""Controller Area Network."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "base identifier",
        227,
        "00000710 03 000000 021003",
        {
            "frame.protocols": "can",
            "can.flags.err": 0,
            "can.flags.rtr": 0,
            "can.flags.xtd": 0,
            "can.id": 1808,
            "can.len": 3,
        },
    ),
    (
        "extended identifier",
        227,
        "98daf110 02 000000 0102",
        {
            "frame.protocols": "can",
            "can.flags.err": 0,
            "can.flags.rtr": 0,
            "can.flags.xtd": 1,
            "can.id": 417001744,
            "can.len": 2,
        },
    ),
    (
        "an error message",
        227,
        "20000004 08 000000 0004000000000000",
        {
            "frame.protocols": "can",
            "can.flags.err": 1,
            "can.len": 8,
        },
    ),
    (
        "cooked",
        113,
        "0001 0118 0000 0000000000000000 000c 10070000 03 000000 0210030000000000",
        {
            "frame.protocols": "sll:can",
            "can.flags.err": 0,
            "can.flags.rtr": 0,
            "can.flags.xtd": 0,
            "can.id": 1808,
            "can.len": 3,
            "can.padding": "0000000000",
        },
    ),
    (
        "cut in the identifier",
        227,
        "0000",
        {
            "frame.protocols": None,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
