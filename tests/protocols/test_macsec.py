"""MACsec (IEEE 802.1AE)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "integrity only",
        1,
        "020000000002 020000000001 88e5 20 00 00000007 020000000001 0001 0800 4500001c000100004011 66cd 0a000001 "
        "0a000002 0035003500080000 000102030405060708090a0b0c0d0e0f",
        {
            "frame.protocols": "eth:ethertype:macsec:ethertype:ip:udp",
            "macsec.AN": 0x00,
            "macsec.ICV": "000102030405060708090a0b0c0d0e0f",
            "macsec.PN": 7,
            "macsec.SCI.port_identifier": 1,
            "macsec.SCI.system_identifier": "02:00:00:00:00:01",
            "macsec.SL": 0,
            "macsec.TCI": 0x08,
            "macsec.etype": 0x0800,
        },
    ),
    (
        "encrypted",
        1,
        "020000000002 020000000001 88e5 2c 00 00000008 020000000001 0001 deadbeef 000102030405060708090a0b0c0d0e0f",
        {
            "frame.protocols": "eth:ethertype:macsec",
            "macsec.AN": 0x00,
            "macsec.ICV": "000102030405060708090a0b0c0d0e0f",
            "macsec.PN": 8,
            "macsec.SCI.port_identifier": 1,
            "macsec.SCI.system_identifier": "02:00:00:00:00:01",
            "macsec.SL": 0,
            "macsec.TCI": 0x0B,
        },
    ),
    (
        "cut in the packet number",
        1,
        "020000000002 020000000001 88e5 20 00 0000",
        {
            "frame.protocols": "eth:ethertype:macsec",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
