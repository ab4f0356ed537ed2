"""Serial Line IP."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "a datagram as it was sent",
        8,
        "01 45" + "00" * 14 + "4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {"frame.protocols": "slip:ip:udp", "slip.direction": 1, "slip.kind": 4, "slip.connection": 5, "udp.srcport": 53},
    ),
    (
        "headers that the line compressed, whole in the capture",
        8,
        "00 83 0a0b" + "00" * 12 + "4500001c000100004011 66cd 0a000001 0a000002 0035003500080000",
        {"frame.protocols": "slip:ip:udp", "slip.kind": 8, "slip.compressed": bytes.fromhex("0a0b" + "00" * 12)},
    ),
    ("cut", 8, "01", {"frame.protocols": "slip", "slip.direction": 1, "slip.kind": None}),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
