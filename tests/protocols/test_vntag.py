"""VN-Tag."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "to interface 5",
        1,
        "020000000002 020000000001 8926 00050007 0800 4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "eth:ethertype:vntag:ethertype:ip:udp",
            "vntag.dir": 0,
            "vntag.dst": 5,
            "vntag.etype": 0x0800,
            "vntag.looped": 0,
            "vntag.ptr": 0,
            "vntag.r": 0,
            "vntag.src": 7,
            "vntag.version": 0,
        },
    ),
    (
        "cut",
        1,
        "020000000002 020000000001 8926 0005",
        {
            "frame.protocols": "eth:ethertype",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
