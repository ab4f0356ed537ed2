"""IEEE 802.11 management frames."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "beacon",
        105,
        "8000 0000 ffffffffffff 020000000001 020000000001 1000 0102030405060708 6400 1104 0003 6e6574 0301 06",
        {
            "frame.protocols": "wlan", "wlan.addr": ["ff:ff:ff:ff:ff:ff", "02:00:00:00:00:01", "02:00:00:00:00:01"],
            "wlan.bssid": "02:00:00:00:00:01", "wlan.da": "ff:ff:ff:ff:ff:ff", "wlan.ds.current_channel": 6, "wlan.duration": 0,
            "wlan.fc": 0x8000, "wlan.fc.ds": 0x00, "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0,
            "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0, "wlan.fc.retry": 0, "wlan.fc.subtype": 8, "wlan.fc.tods": 0, "wlan.fc.type": 0,
            "wlan.fc.type_subtype": 0x0008, "wlan.fc.version": 0, "wlan.fixed.capabilities": 0x0411,
            "wlan.fixed.timestamp": 578437695752307201, "wlan.frag": 0, "wlan.ra": "ff:ff:ff:ff:ff:ff", "wlan.sa": "02:00:00:00:00:01",
            "wlan.seq": 1, "wlan.ssid": "6e6574", "wlan.ta": "02:00:00:00:00:01", "wlan.tag.length": [3, 1], "wlan.tag.number": [0, 3],
        },
    ),
    (
        "authentication",
        105,
        "b000 3a01 020000000001 020000000002 020000000001 2000 0000 0100 0000",
        {
            "frame.protocols": "wlan", "wlan.addr": ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:01"],
            "wlan.bssid": "02:00:00:00:00:01", "wlan.da": "02:00:00:00:00:01", "wlan.duration": 314, "wlan.fc": 0xb000, "wlan.fc.ds": 0x00,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 11, "wlan.fc.tods": 0, "wlan.fc.type": 0, "wlan.fc.type_subtype": 0x000b,
            "wlan.fc.version": 0, "wlan.fixed.auth.alg": 0, "wlan.fixed.auth_seq": 0x0001, "wlan.fixed.status_code": 0x0000, "wlan.frag": 0,
            "wlan.ra": "02:00:00:00:00:01", "wlan.sa": "02:00:00:00:00:02", "wlan.seq": 2, "wlan.ta": "02:00:00:00:00:02",
        },
    ),
    (
        "deauthentication",
        105,
        "c000 3a01 020000000001 020000000002 020000000001 3000 0700",
        {
            "frame.protocols": "wlan", "wlan.addr": ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:01"],
            "wlan.bssid": "02:00:00:00:00:01", "wlan.da": "02:00:00:00:00:01", "wlan.duration": 314, "wlan.fc": 0xc000, "wlan.fc.ds": 0x00,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 12, "wlan.fc.tods": 0, "wlan.fc.type": 0, "wlan.fc.type_subtype": 0x000c,
            "wlan.fc.version": 0, "wlan.fixed.reason_code": 0x0007, "wlan.frag": 0, "wlan.ra": "02:00:00:00:00:01",
            "wlan.sa": "02:00:00:00:00:02", "wlan.seq": 3, "wlan.ta": "02:00:00:00:00:02",
        },
    ),
    (
        "cut in an element",
        105,
        "8000 0000 ffffffffffff 020000000001 020000000001 1000 0102030405060708 6400 1104 0003 6e",
        {
            "frame.protocols": "wlan", "wlan.addr": ["ff:ff:ff:ff:ff:ff", "02:00:00:00:00:01", "02:00:00:00:00:01"],
            "wlan.bssid": "02:00:00:00:00:01", "wlan.da": "ff:ff:ff:ff:ff:ff", "wlan.duration": 0, "wlan.fc": 0x8000, "wlan.fc.ds": 0x00,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 8, "wlan.fc.tods": 0, "wlan.fc.type": 0, "wlan.fc.type_subtype": 0x0008,
            "wlan.fc.version": 0, "wlan.fixed.capabilities": 0x0411, "wlan.fixed.timestamp": 578437695752307201, "wlan.frag": 0,
            "wlan.ra": "ff:ff:ff:ff:ff:ff", "wlan.sa": "02:00:00:00:00:01", "wlan.seq": 1, "wlan.ta": "02:00:00:00:00:01",
            "wlan.tag.length": 3, "wlan.tag.number": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
