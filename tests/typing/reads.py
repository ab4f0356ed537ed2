"""A program that reads packets: attributes, addresses, aliases, layers by class, and how to tell classes apart."""

from __future__ import annotations

from typing import Any, assert_type

from unwire import dpkt
from unwire.addresses import Ip4Address, Ip6Address, MacAddress
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.ip import IP, IP_PROTO_TCP
from unwire.dpkt.ip6 import IP6
from unwire.dpkt.tcp import TCP, TH_SYN
from unwire.dpkt.udp import UDP


def describe(buf: bytes) -> str:
    """Read from the link layer up, asking each layer what it is."""
    try:
        eth = Ethernet(buf)
    except dpkt.NeedData as error:
        return str(error)
    except (dpkt.UnpackError, dpkt.dpkt.Error):
        return "malformed"
    assert_type(eth.src, MacAddress)
    assert_type(eth.type, int)
    assert_type(eth.data, Any)
    if isinstance(eth.data, IP6):
        assert_type(eth.data.src, Ip6Address)
        return eth.data.src.text
    if not isinstance(eth.data, IP):
        return eth.dst.text
    ip = eth.data
    assert_type(ip.src, Ip4Address)
    assert_type(ip.len, int)
    assert_type(ip.src.text, str)
    if ip.src == b"\x7f\x00\x00\x01":
        return "loopback"
    if ip.p == IP_PROTO_TCP and isinstance(ip.data, TCP) and ip.data.flags & TH_SYN:
        assert_type(ip.data.sport, int)
        assert_type(ip.data.opts, bytes)
        return f"{ip.src.text}:{ip.data.sport}"
    if UDP in ip:
        return str(eth[UDP].dport)
    # dpkt's names for what lies above: they come and go with the packet, so that a checker lets any name be read.
    return f"{eth.ip.tcp.dport} {ip.udp.sport}"


def whole(eth: Ethernet) -> list[str]:
    """Ask for what is said of a packet as a whole."""
    assert_type(eth.raw, bytes | None)
    assert_type(eth.to_dict(), dict[str, Any])
    assert_type(eth.verify_checksums(), dict[str, bool])
    assert_type(eth.recompute(), Ethernet)
    assert_type(bytes(eth), bytes)
    assert_type(len(eth), int)
    eth.pprint()
    return [eth.tree(), eth.to_json(indent=2), *(type(layer).__name__ for layer in eth.layers)]
