"""Addresses may be written as text wherever bytes of one are expected; read again they are bytes that know their text."""

from __future__ import annotations

import pytest

from unwire import dpkt
from unwire.errors import PackError
from unwire.protocols.ip_options import IPOptionRecordRoute, IPOptionSourceRoute, IPOptionTraceroute

ROUTER = bytes([192, 0, 2, 1])


def test_a_field_takes_text() -> None:
    packet = dpkt.ip.IP(src="192.0.2.1")
    packet.dst = "10.0.0.1"
    assert packet.src == ROUTER
    assert packet.dst.text == "10.0.0.1"
    assert bytes(packet)[12:20] == ROUTER + bytes([10, 0, 0, 1])
    assert dpkt.ip.IP(bytes(packet)).src == ROUTER
    assert bytes(dpkt.ip6.IP6(src="2001:db8::1"))[8:24] == bytes.fromhex("20010db8") + bytes(11) + b"\1"
    assert bytes(dpkt.ethernet.Ethernet(src="02:00:00:00:00:01", dst="02-00-00-00-00-02"))[:12] == bytes.fromhex("020000000002020000000001")


def test_an_option_takes_text() -> None:
    assert bytes(IPOptionTraceroute(originator="192.0.2.1"))[-4:] == ROUTER
    option = IPOptionTraceroute()
    option.originator = "192.0.2.1"
    assert option.originator == ROUTER
    assert bytes(IPOptionRecordRoute(recorded=["192.0.2.1", ROUTER]))[3:] == ROUTER * 2
    packet = dpkt.ip.IP(options=[IPOptionSourceRoute(route=["192.0.2.1"])])
    assert ROUTER in bytes(packet)


@pytest.mark.parametrize("text", ["192.0.2", "192.0.2.256", "", "192.0.2.1 ", "::1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PackError, match=r"IP\.src: .* is no IPv4 address"):
        bytes(dpkt.ip.IP(src=text))


@pytest.mark.parametrize("text", ["02:00:00:00:00", "2:0:0:0:0:1", "02:00:00:00:00:+1", "02:00:00:00:00:0g", "020000000001"])
def test_what_is_no_hardware_address_is_refused(text: str) -> None:
    with pytest.raises(PackError, match="is no hardware address"):
        bytes(dpkt.ethernet.Ethernet(src=text))


@pytest.mark.parametrize(
    ("given", "pointer"), [({}, 4), ({"recorded": [ROUTER]}, 8), ({"empty": [bytes(4)] * 2}, 4), ({"recorded": [ROUTER] * 2}, 12)]
)
def test_the_pointer_follows_what_was_recorded(given: dict[str, list[bytes]], pointer: int) -> None:
    """RFC 791 section 3.1: it is counted from the option's first octet, beginning with 1."""
    made = bytes(IPOptionRecordRoute(**given))
    assert made[2] == pointer
    packet = dpkt.ip.IP(bytes(dpkt.ip.IP(options=[IPOptionRecordRoute(**given)])))
    option = next(one for one in packet.options.all if isinstance(one, IPOptionRecordRoute))
    assert (option.ptr, option.recorded, option.empty) == (pointer, given.get("recorded", []), given.get("empty", []))


def test_a_pointer_that_was_given_is_sent() -> None:
    """Even one that leaves nothing to be recorded."""
    assert bytes(IPOptionSourceRoute(ptr=4, route=[ROUTER] * 2))[2] == 4
    assert bytes(IPOptionRecordRoute(ptr=12, recorded=[ROUTER]))[2] == 12
