"""Radiotap (radiotap.org): what the radio knew about an 802.11 frame."""

from typing import Any

from unwire.declare import Packet, by, column, field, i8, length, payload, raw, repeat, u8, u16, u32, u64, when
from unwire.declare import pad as align


class Radiotap(Packet, over={"link": 127}, order="little", next=by(105, "link", via="wlan_radio")):
    """Radiotap Header"""

    version: u8 = field(0, "radiotap.version")
    pad: u8 = field(0, "radiotap.pad")
    length: u16 = length(8, "radiotap.length", of="header")
    # A bit for each field that is there; bit 31 says that one more word of bits follows.
    present: u32 = field(0)
    more_present: list[int] = when("present >> 31", repeat(u32, until="item < 0x80000000"))
    # Fields come in the order of their bits, each aligned to its own size from the header's start.
    _tsft_pad: bytes = when("present & 1", align(8))
    usecs: u64 = when("present & 1", field(0, "radiotap.mactime"))
    flags: u8 = when("present & 2", field(0, "radiotap.flags", base="hex"))
    rate: u8 = when("present & 4", u8)
    _channel_pad: bytes = when("present & 8", align(2))
    freq: u16 = when("present & 8", u16)
    channel_freq: u32 = when("present & 8", column("freq", "radiotap.channel.freq"))
    channel_flags: u16 = when("present & 8", field(0, "radiotap.channel.flags", base="hex"))
    fhss_set: u8 = when("present & 16", u8)
    fhss_pattern: u8 = when("present & 16", u8)
    ant_sig: i8 = when("present & 32", i8)
    ant_noise: i8 = when("present & 64", i8)
    _lock_pad: bytes = when("present & 128", align(2))
    lock_qual: u16 = when("present & 128", u16)
    _tx_pad: bytes = when("present & 256", align(2))
    tx_attn: u16 = when("present & 256", u16)
    _db_tx_pad: bytes = when("present & 512", align(2))
    db_tx_attn: u16 = when("present & 512", u16)
    dbm_tx_power: i8 = when("present & 1024", i8)
    ant: u8 = when("present & 2048", u8)
    db_ant_sig: u8 = when("present & 4096", u8)
    db_ant_noise: u8 = when("present & 8192", u8)
    _rx_pad: bytes = when("present & 16384", align(2))
    rx_flags: u16 = when("present & 16384", field(0, "radiotap.rxflags", base="hex"))
    rest: bytes = raw("length - size + left", b"")
    # The frame check sequence is handed on by some drivers only; flag 0x10 says so.
    data: Any = payload("left - 4 if flags & 16 else left")
    fcs: u32 = when("left >= 4", field(0, "wlan.fcs", base="hex"))
