"""Link types of users."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "undeclared",
        160,
        "01020304",
        {
            "frame.protocols": "user_dlt",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
