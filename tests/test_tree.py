"""Packets drawn for reading: `packet.tree()`, and `packet.pprint()` as dpkt has it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import unwire
from conftest import ROOT
from unwire import dpkt
from unwire.dpkt.arp import ARP
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.ip import IP
from unwire.dpkt.tcp import TCP

TAGGED = bytes.fromhex(
    "020000000002 020000000001 8100 6005 0800"
    "45000030 00014000 4006b7c2 c0000201 c0000202"
    "c001 0050 00000001 00000002 7012ffff 0ae20000 02040578 01010402"
)

DRAWN = """\
Ethernet
  dst   02:00:00:00:00:02
  src   02:00:00:00:00:01
  type  33024 (VLANtag8021Q)
VLANtag8021Q: 802.1Q Virtual LAN
  pri   3
  id    5
  type  2048 (IP)
IP: Internet Protocol Version 4
  v       4
  hl      5
  tos     0x0
  dscp    0
  ecn     0
  len     48
  id      0x1
  df      set
  offset  0
  ttl     64
  p       6 (TCP)
  sum     0xb7c2
  src     192.0.2.1
  dst     192.0.2.2
TCP: Transmission Control Protocol
  sport  49153
  dport  80
  seq    1
  ack    2
  off    7
  flags  18 (SYN,ACK)
  win    65535
  sum    0xae2
  urp    0
  opts
    MaximumSegmentSize
      kind    2
      length  4
      mss     1400
    NoOperation
      kind  1
    NoOperation
      kind  1
    SACKPermitted
      kind    4
      length  2
  data  73 65 76 65 6e 74 65 65 6e 20 6f 63 74 65 74 73 … (17 bytes)"""


def test_every_layer_has_a_line_and_its_fields_below() -> None:
    eth = Ethernet(TAGGED + b"behind the datagram")
    eth.ip.tcp.data = b"seventeen octets."
    assert eth.tree() == DRAWN


def test_numbers_have_their_names_and_addresses_their_text() -> None:
    drawn = ARP(op=2, sha=bytes.fromhex("020000000001"), spa=bytes([192, 0, 2, 1])).tree().splitlines()
    assert drawn[0] == "ARP: Address Resolution Protocol"
    assert "  op   2 (reply)" in drawn


def test_a_packet_that_was_built_is_drawn_as_well() -> None:
    assert [line for line in IP(data=TCP()).tree().splitlines() if not line.startswith(" ")] == [
        "IP: Internet Protocol Version 4",
        "TCP: Transmission Control Protocol",
    ]


def test_pprint_prints_what_dpkt_prints(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = pytest.importorskip("dpkt")
    frames = [frame for frame in map(bytes, unwire.open(office).records()) if frame[12:14] == b"\x08\x00"]
    assert len(frames) > 200
    for frame in frames:
        printed = []
        for module in (dpkt, theirs):
            module.ethernet.Ethernet(frame).pprint()
            printed.append(capsys.readouterr().out)
        # What GRE and errors carry is read further than dpkt reads it.
        if "ICMP6" not in printed[0]:
            assert printed[0] == printed[1]


def test_questions_and_records_are_drawn() -> None:
    (frame,) = itertools.islice(unwire.open(ROOT / "examples" / "office.pcapng").filter("dns.flags.response == 1"), 1)
    message = frame.dns
    drawn = message.tree()
    assert "  qd\n    Q\n      name  www.example.com\n" in drawn
    assert "      ip     192.0.2.1\n" in drawn
    said = message.to_dict()
    assert said["qd"] == [{"protocol": "Q", "name": "www.example.com", "type": 1, "cls": 1}]
    assert said["an"][0]["ttl"] == 300
    assert said["an"][0]["ip"] == "192.0.2.1"
    assert "ns" not in said
    # Numbers that are no defaults are shown, as dpkt does.
    assert repr(message.an[0]).startswith("RR(name='www.example.com', ttl=300, rdata=b")
    assert repr(message.ar[0]).startswith("RR(type=41, cls=1232, rlen=0")
    assert repr(dpkt.dns.DNS.Q(name="a.b", type=28, cls=3)) == "Q(name='a.b', type=28, cls=3)"
    assert repr(dpkt.dns.DNS.RR(name="a.b", cls=3, ttl=5)) == "RR(name='a.b', cls=3, ttl=5)"


def test_what_chunks_carry_is_drawn() -> None:
    packet = dpkt.sctp.SCTP(sport=1, dport=2, data=[dpkt.sctp.Chunk(type=0, len=8, data=b"abcd")])
    packet = dpkt.sctp.SCTP(bytes(packet))
    assert packet.to_dict()["chunks"][0]["data"] == b"abcd".hex()
    assert "      data   61 62 63 64 (4 bytes)" in packet.tree()


def test_dir_lists_what_a_packet_carries() -> None:
    packet = Ethernet(TAGGED)
    assert {"ip", "src", "data"} <= set(dir(packet)) and "tcp" in dir(packet.ip)
    assert not {"ip6", "tcp"} & set(dir(packet))
    assert "ip" not in dir(Ethernet())
    (frame,) = itertools.islice(unwire.open(ROOT / "examples" / "office.pcapng").filter("tcp"), 1)
    assert {"eth", "ethernet", "ip", "tcp", "record", "number"} <= set(dir(frame))
    assert "arp" not in dir(frame)
