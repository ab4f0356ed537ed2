"""Radiotap."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "time, flags, rate, channel, signal, FCS",
        127,
        "0000 1a00 2f400000 0102030405060708 10 02 6c09 a000 d8 00 0000 d400 0000 020000000001 12345678",
        {
            "frame.protocols": "radiotap:wlan_radio:wlan",
            "radiotap.channel.flags": 0x00A0,
            "radiotap.channel.freq": 2412,
            "radiotap.flags": 0x10,
            "radiotap.length": 26,
            "radiotap.mactime": 578437695752307201,
            "radiotap.pad": 0,
            "radiotap.rxflags": 0x0000,
            "radiotap.version": 0,
            "wlan.addr": "02:00:00:00:00:01",
            "wlan.duration": 0,
            "wlan.fc": 0xD400,
            "wlan.fc.ds": 0x00,
            "wlan.fc.frag": 0,
            "wlan.fc.fromds": 0,
            "wlan.fc.moredata": 0,
            "wlan.fc.order": 0,
            "wlan.fc.protected": 0,
            "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0,
            "wlan.fc.subtype": 13,
            "wlan.fc.tods": 0,
            "wlan.fc.type": 1,
            "wlan.fc.type_subtype": 0x001D,
            "wlan.fc.version": 0,
            "wlan.fcs": 0x78563412,
            "wlan.ra": "02:00:00:00:00:01",
        },
    ),
    (
        "two presence words",
        127,
        "0000 1000 220000a0 20080000 00 d8 d7 01 d400 0000 020000000001",
        {
            "frame.protocols": "radiotap:wlan_radio:wlan",
            "radiotap.flags": 0x00,
            "radiotap.length": 16,
            "radiotap.pad": 0,
            "radiotap.version": 0,
            "wlan.addr": "02:00:00:00:00:01",
            "wlan.duration": 0,
            "wlan.fc": 0xD400,
            "wlan.fc.ds": 0x00,
            "wlan.fc.frag": 0,
            "wlan.fc.fromds": 0,
            "wlan.fc.moredata": 0,
            "wlan.fc.order": 0,
            "wlan.fc.protected": 0,
            "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0,
            "wlan.fc.subtype": 13,
            "wlan.fc.tods": 0,
            "wlan.fc.type": 1,
            "wlan.fc.type_subtype": 0x001D,
            "wlan.fc.version": 0,
            "wlan.ra": "02:00:00:00:00:01",
        },
    ),
    (
        "cut in the header",
        127,
        "0000 1800 2f40",
        {
            "frame.protocols": "radiotap",
            "radiotap.length": 24,
            "radiotap.pad": 0,
            "radiotap.version": 0,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
