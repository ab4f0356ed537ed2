"""IEEE 802.11 headers."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "data to the distribution system",
        105,
        "0801 2c00 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800 4500001c000100004011 66cd 0a000001 "
        "0a000002 0035003500080000",
        {
            "frame.protocols": "wlan:llc:ip:udp", "wlan.addr": ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"],
            "wlan.bssid": "02:00:00:00:00:01", "wlan.da": "02:00:00:00:00:03", "wlan.duration": 44, "wlan.fc": 0x0801, "wlan.fc.ds": 0x01,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 0, "wlan.fc.tods": 1, "wlan.fc.type": 2, "wlan.fc.type_subtype": 0x0020,
            "wlan.fc.version": 0, "wlan.frag": 0, "wlan.ra": "02:00:00:00:00:01", "wlan.sa": "02:00:00:00:00:02", "wlan.seq": 1,
            "wlan.staa": "02:00:00:00:00:02", "wlan.ta": "02:00:00:00:00:02",
        },
    ),
    (
        "quality of service, from it",
        105,
        "8802 2c00 020000000001 020000000002 020000000003 2000 0600 aaaa03 000000 0800 4500001c000100004011 66cd "
        "0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "wlan:llc:ip:udp", "wlan.addr": ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"],
            "wlan.bssid": "02:00:00:00:00:02", "wlan.da": "02:00:00:00:00:01", "wlan.duration": 44, "wlan.fc": 0x8802, "wlan.fc.ds": 0x02,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 1, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 8, "wlan.fc.tods": 0, "wlan.fc.type": 2, "wlan.fc.type_subtype": 0x0028,
            "wlan.fc.version": 0, "wlan.frag": 0, "wlan.qos": 0x0006, "wlan.qos.tid": 6, "wlan.ra": "02:00:00:00:00:01",
            "wlan.sa": "02:00:00:00:00:03", "wlan.seq": 2, "wlan.staa": "02:00:00:00:00:01", "wlan.ta": "02:00:00:00:00:02",
        },
    ),
    (
        "four addresses",
        105,
        "0803 2c00 020000000001 020000000002 020000000003 1000 020000000004 aaaa03 000000 0800 4500001c000100004011 "
        "66cd 0a000001 0a000002 0035003500080000",
        {
            "frame.protocols": "wlan:llc:ip:udp", "wlan.da": "02:00:00:00:00:03", "wlan.duration": 44, "wlan.fc": 0x0803,
            "wlan.fc.ds": 0x03, "wlan.fc.frag": 0, "wlan.fc.fromds": 1, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0,
            "wlan.fc.pwrmgt": 0, "wlan.fc.retry": 0, "wlan.fc.subtype": 0, "wlan.fc.tods": 1, "wlan.fc.type": 2,
            "wlan.fc.type_subtype": 0x0020, "wlan.fc.version": 0, "wlan.frag": 0, "wlan.ra": "02:00:00:00:00:01",
            "wlan.sa": "02:00:00:00:00:04", "wlan.seq": 1, "wlan.ta": "02:00:00:00:00:02",
        },
    ),
    (
        "protected",
        105,
        "0841 2c00 020000000001 020000000002 020000000003 1000 00112233445566778899",
        {
            "frame.protocols": "wlan", "wlan.addr": ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"],
            "wlan.bssid": "02:00:00:00:00:01", "wlan.da": "02:00:00:00:00:03", "wlan.duration": 44, "wlan.fc": 0x0841, "wlan.fc.ds": 0x01,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 1, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 0, "wlan.fc.tods": 1, "wlan.fc.type": 2, "wlan.fc.type_subtype": 0x0020,
            "wlan.fc.version": 0, "wlan.frag": 0, "wlan.ra": "02:00:00:00:00:01", "wlan.sa": "02:00:00:00:00:02", "wlan.seq": 1,
            "wlan.staa": "02:00:00:00:00:02", "wlan.ta": "02:00:00:00:00:02",
        },
    ),
    (
        "acknowledgement",
        105,
        "d400 0000 020000000001",
        {
            "frame.protocols": "wlan", "wlan.addr": "02:00:00:00:00:01", "wlan.duration": 0, "wlan.fc": 0xd400, "wlan.fc.ds": 0x00,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 13, "wlan.fc.tods": 0, "wlan.fc.type": 1, "wlan.fc.type_subtype": 0x001d,
            "wlan.fc.version": 0, "wlan.ra": "02:00:00:00:00:01",
        },
    ),
    (
        "cut in the second address",
        105,
        "0801 2c00 020000000001 0200",
        {
            "frame.protocols": "wlan", "wlan.addr": "02:00:00:00:00:01", "wlan.duration": 44, "wlan.fc": 0x0801, "wlan.fc.ds": 0x01,
            "wlan.fc.frag": 0, "wlan.fc.fromds": 0, "wlan.fc.moredata": 0, "wlan.fc.order": 0, "wlan.fc.protected": 0, "wlan.fc.pwrmgt": 0,
            "wlan.fc.retry": 0, "wlan.fc.subtype": 0, "wlan.fc.tods": 1, "wlan.fc.type": 2, "wlan.fc.type_subtype": 0x0020,
            "wlan.fc.version": 0, "wlan.ra": "02:00:00:00:00:01",
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
