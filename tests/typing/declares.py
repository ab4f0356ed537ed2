"""Protocols of a user's own: in unwire's words, and in dpkt's `__hdr__`."""

from __future__ import annotations

from typing import Any, assert_type

from unwire import dpkt
from unwire.addresses import Ip4Address
from unwire.declare import Ip4, Numbers, Packet, Part, bits, field, length, raw, repeat, u8, u16


class Waypoint(Part):
    """A place on the way."""

    address: Ip4 = field(bytes(4))
    weight: u8 = field(1)


class Beacon(Packet, over={"udp.port": 4242}, name="beacon"):
    """Beacons"""

    magic: u16 = field(0xBEAC, "beacon.magic", base="hex", must="magic == 0xBEAC")
    size: u8 = length(0, of="label")
    _kinds: u8 = field(0)
    kind: int = bits(4)
    origin: Ip4 = field(bytes(4))
    label: bytes = raw("size", b"", "beacon.label")
    way: list[Waypoint] = repeat(Waypoint, count="kind")


class Old(dpkt.Packet):
    """As programs for dpkt declare them."""

    __hdr__ = (("kind", "B", 0), ("length", "H", 4), ("tag", "4s", b""))
    __byte_order__ = "<"

    def unpack(self, buf: bytes) -> None:
        dpkt.Packet.unpack(self, buf)
        self.data = self.data[: self.length]


def use(buf: bytes) -> tuple[Any, ...]:
    """Read one of each."""
    beacon, old = Beacon(buf), Old(kind=1, tag=b"abcd")
    assert_type(beacon.size, int)
    assert_type(beacon.origin, Ip4Address)
    assert_type(beacon.label, bytes)
    assert_type(beacon.way, list[Waypoint])
    beacon.origin = b"\x0a\x00\x00\x01"
    ports = Numbers("udp.port")
    ports[4243] = Beacon
    dpkt.ip.IP.set_proto(200, Old)
    return beacon.way[0].address.text, old.kind, old.tag, bytes(old)
