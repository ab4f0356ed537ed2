"""`recompute()` and `verify_checksums()`: lengths and checksums made anew, and only where they can be."""

from __future__ import annotations

from pathlib import Path

import unwire
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.tcp import TCP


def test_good_packets_are_what_they_were(office: Path) -> None:
    for record in unwire.open(office).records():
        eth = Ethernet(record.data)
        assert all(eth.verify_checksums().values()), record.number
        assert bytes(eth.recompute()) == record.data, record.number


def test_a_header_length_follows_the_options(office: Path) -> None:
    record = next(record for record in unwire.open(office).records() if TCP in Ethernet(record.data) and Ethernet(record.data)[TCP].off == 8)
    eth = Ethernet(record.data)
    eth[TCP].opts = b"\x02\x04\x05\xb4"
    back = Ethernet(bytes(eth.recompute()))
    assert (back[TCP].off, back[TCP].opts, back[TCP].data) == (6, b"\x02\x04\x05\xb4", eth[TCP].data)
    assert all(back.verify_checksums().values())


def test_a_piece_speaks_of_the_whole_datagram(office: Path) -> None:
    pieces = [Ethernet(record.data) for record in unwire.open(office).records() if record.data[12:14] == b"\x08\x00" and record.data[20] & 0x20]
    assert pieces
    assert {name for eth in pieces for name in eth.verify_checksums()} == {"IP.sum"}
