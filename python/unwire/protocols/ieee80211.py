"""Wireless LAN frames (IEEE 802.11 clause 9.2): the header that all have. Management bodies are in ieee80211_mgmt.py."""

from typing import Any

from unwire.declare import Mac, Packet, bits, by, column, field, length, payload, raw, reading, stop, u8, u16, u32, when

MGMT_TYPE = 0
CTL_TYPE = 1
DATA_TYPE = 2

#: Clause 9.3.1: acknowledgements and clear-to-send name their receiver only.
_HAS_2 = "type != 1 or subtype != 12 and subtype != 13"
_HAS_3 = "type == 0 or type == 2"
_HAS_4 = "type == 2 and to_ds and from_ds"
_DATA = "type == 2 and not subtype & 4"


class IEEE80211(
    Packet,
    name="wlan",
    # Aruba's access points tunnel frames under GRE protocol numbers of their own.
    over={"link": 105, "capwap.wbid": 1, "gre.proto": range(0x8200, 0x8380, 0x10)},
    next=(
        stop("encrypted", when="wep"),
        by("subtype", "wlan.mgmt", when="type == 0"),
        by(0, "wlan.amsdu", when=f"{_DATA} and qos & 0x80"),
        by(0, "eth.llc", when=_DATA),
    ),
):
    """IEEE 802.11"""

    framectl: u16 = field(0x0800, "wlan.fc", base="hex")
    subtype: u8 = bits(4, 0, "wlan.fc.subtype")
    type: u8 = bits(2, 2, "wlan.fc.type")
    version: u8 = bits(2, 0, "wlan.fc.version")
    order: bool = bits(1, 0, "wlan.fc.order")
    wep: bool = bits(1, 0, "wlan.fc.protected")
    more_data: bool = bits(1, 0, "wlan.fc.moredata")
    pwr_mgt: bool = bits(1, 0, "wlan.fc.pwrmgt")
    retry: bool = bits(1, 0, "wlan.fc.retry")
    more_frag: bool = bits(1, 0, "wlan.fc.frag")
    from_ds: bool = bits(1, 0, "wlan.fc.fromds")
    to_ds: bool = bits(1, 0, "wlan.fc.tods")
    type_subtype: u16 = column("type << 4 | subtype", "wlan.fc.type_subtype", base="hex")
    ds: u8 = column("from_ds << 1 | to_ds", "wlan.fc.ds", base="hex")
    duration: u16 = field(0, order="little")
    nav: u16 = when("type != 1 or subtype != 10", column("duration & 0x7FFF", "wlan.duration"))
    addr1: Mac = field(bytes(6), also="wlan.addr")
    addr2: Mac = when(_HAS_2, field(bytes(6), also="wlan.addr"))
    addr3: Mac = when(_HAS_3, field(bytes(6), also="wlan.addr"))
    frag_seq: u16 = when(_HAS_3, field(0, order="little"))
    addr4: Mac = when(_HAS_4, field(bytes(6), also="wlan.addr"))
    # Clause 9.2.4.1.4, table 9-30: what the addresses mean follows from the two distribution system bits.
    ra: Mac = reading("addr1", Mac, "wlan.ra")
    da1: Mac = reading("addr1", when("type == 0 or type == 2 and not to_ds", Mac), "wlan.da")
    ta: Mac = reading("addr2", when(_HAS_2, Mac), "wlan.ta")
    da3: Mac = reading("addr3", when("type == 2 and to_ds", Mac), "wlan.da")
    sa2: Mac = reading("addr2", when("type == 0 or type == 2 and not from_ds", Mac), "wlan.sa")
    sa3: Mac = reading("addr3", when("type == 2 and from_ds and not to_ds", Mac), "wlan.sa")
    sa4: Mac = reading("addr4", when(_HAS_4, Mac), "wlan.sa")
    bssid1: Mac = reading("addr1", when("type == 2 and to_ds and not from_ds", Mac), "wlan.bssid")
    bssid2: Mac = reading("addr2", when("type == 2 and from_ds and not to_ds", Mac), "wlan.bssid")
    bssid3: Mac = reading("addr3", when("type == 0 or type == 2 and not from_ds and not to_ds", Mac), "wlan.bssid")
    staa1: Mac = reading("addr1", when("type == 2 and from_ds and not to_ds", Mac), "wlan.staa")
    staa2: Mac = reading("addr2", when("type == 2 and not from_ds", Mac), "wlan.staa")
    frag: u16 = when(_HAS_3, column("frag_seq & 15", "wlan.frag"))
    seq: u16 = when(_HAS_3, column("frag_seq >> 4", "wlan.seq"))
    qos: u16 = when("type == 2 and subtype & 8", field(0, "wlan.qos", base="hex", order="little"))
    tid: u16 = when("type == 2 and subtype & 8", column("qos & 15", "wlan.qos.tid"))
    # Clause 9.2.4.1.10: in quality-of-service and management frames the order bit announces this field.
    htc: u32 = when("order and (type == 0 or type == 2 and subtype & 8)", field(0, order="little"))


class IEEE80211Swapped(IEEE80211, name="wlan", over={"capwap.wbid": 1}):
    """IEEE 802.11"""

    # Access points of one make send the two bytes of frame control in the other order, and Wireshark expects that of CAPWAP.
    framectl: u16 = field(0x0008, order="little")
    shown: u16 = column("(framectl & 0xFF) << 8 | framectl >> 8", "wlan.fc", base="hex")


class AMSDUSubframe(Packet, name=None, over={"wlan.amsdu": 0}, next=by(0, "eth.llc")):
    """The first of several frames that travel as one (clause 9.3.2.2.2)."""

    dst: Mac = field(bytes(6))
    src: Mac = field(bytes(6))
    len: u16 = length(0, of="data")
    data: Any = payload("min(len, left)")
    others: bytes = raw("rest", b"")
