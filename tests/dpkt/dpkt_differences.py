"""Where unwire is right to differ from dpkt 1.9.8: one predicate for each reason. How the two are compared is in differential.py."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import dpkt
from unwire.declare import Packet

if TYPE_CHECKING:
    from differential import Fact


def _classes() -> Iterator[str]:
    for module in pkgutil.iter_modules(dpkt.__path__):
        yield from (
            name for name, one in vars(import_module(f"dpkt.{module.name}")).items() if isinstance(one, type) and issubclass(one, dpkt.Packet)
        )
    for outer in (dpkt.icmp.ICMP, dpkt.icmp6.ICMP6):
        yield from (name for name, one in vars(outer).items() if isinstance(one, type))


#: Every class of dpkt's that can be a payload.
KNOWN = frozenset(_classes())


def _decodes_more(fact: Fact) -> bool:
    return fact.kind == "object" and isinstance(fact.ours, Packet)


def _given_back(fact: Fact) -> bool:
    """Unwire's bytes are those of the packet, dpkt's are not."""
    return fact.kind in ("bytes", "len") and bytes(fact.whole[1]) == fact.packet and _theirs(fact) != fact.packet


def _bounded(fact: Fact) -> bool:
    """A length field ends the packet before the frame ends: what is behind is padding."""
    if fact.kind in ("bytes", "len"):
        mine, theirs = bytes(fact.whole[1]), _theirs(fact)
        return theirs is not None and len(mine) < len(theirs)
    return fact.kind == "data" and isinstance(fact.theirs, bytes) and isinstance(fact.ours, bytes) and fact.theirs.startswith(fact.ours)


def _theirs(fact: Fact) -> bytes | None:
    try:
        return bytes(fact.whole[0])
    except Exception:
        return None


def _all(fact: Fact, *names: str) -> list[Any]:
    """The layers of unwire's reading that have one of these classes, as they were before packing filled anything in."""
    whole = fact.whole[1]
    if not isinstance(whole, Packet):
        return []
    return [layer for layer in type(whole)(fact.packet).layers if type(layer).__name__ in names]


def _ends_with_extension(packet: Any) -> bool:
    return isinstance(packet, Packet) and any(getattr(layer, "all_extension_headers", None) and not layer.data for layer in packet.layers)


#: Reasons and their predicates, the first that holds counts.
DIFFERENCES: list[tuple[str, Callable[[Fact], bool]]] = [
    ("unwire decodes more protocols, and those that dpkt knows wherever their number stands; dpkt's carriers each know some", _decodes_more),
    (
        "versions of a protocol with headers of their own have classes of their own (IGMPv3, OSPFv3, VRRPv3)",
        lambda fact: (
            (fact.kind == "class" and type(fact.at).__name__ not in KNOWN) or (fact.kind == "alias" and type(fact.ours).__name__ not in KNOWN)
        ),
    ),
    (
        "dpkt forgets all tags but the last of a frame that has three (its _unpack_data runs again)",
        lambda fact: len(_all(fact, "VLANtag8021Q")) > 2,
    ),
    (
        "dpkt stops at 24 labels",
        lambda fact: len(_all(fact, "MPLSlabel")) > 24,
    ),
    (
        "RFC 826: addresses are as long as the header says; dpkt takes six and four octets always",
        lambda fact: (
            any((layer.hln, layer.pln) != (6, 4) for layer in _all(fact, "ARP"))
            or (isinstance(fact.theirs, dpkt.arp.ARP) and (fact.theirs.hln, fact.theirs.pln) != (6, 4))
        ),
    ),
    (
        "Novell's raw 802.3 begins with IPX's own checksum; dpkt takes it for a mark before the header",
        lambda fact: bool(_all(fact, "IPX")) and fact.packet[14:16] == b"\xff\xff",
    ),
    ("dpkt ignores the length field of the layer; what lies behind it is padding", _bounded),
    ("unwire gives back the bytes that were read; dpkt compresses, reorders or loses some of them", _given_back),
    (
        "a length that was read is kept; dpkt writes IP's where the checksum is 0",
        lambda fact: fact.kind == "bytes" and any(not layer.sum for layer in _all(fact, "IP")),
    ),
    (
        "IEEE 802.2 clause 5.2: frames with sequence numbers have two octets of control; dpkt reads one",
        lambda fact: any(layer.ctl & 3 != 3 for layer in _all(fact, "LLC")),
    ),
    (
        "RFC 1661 section 6.6: address and control may be left out; dpkt takes the first two octets for them",
        lambda fact: fact.path[-1] == "PPP" and "addr" not in {name for name, _ in fact.whole[1][type(_all(fact, "PPP")[0])]._shown()},
    ),
    (
        "IEEE 802.1D clause 9.3.2: a notification of a change has four octets; dpkt wants 35",
        lambda fact: fact.kind == "raises" and fact.packet[14:16] == b"BB" and isinstance(fact.theirs, dpkt.NeedData),
    ),
    (
        "RFC 4884: an ICMP error may carry objects behind the datagram that it quotes",
        lambda fact: any(getattr(layer, "extension", None) for layer in _all(fact, "Unreach", "TimeExceed", "ParamProbe")),
    ),
    (
        "RFC 8200 section 4.2: options are those of their header, which must be whole; dpkt reads on into what follows, or not at all",
        lambda fact: (
            (fact.path[-1] in ("IP6HopOptsHeader", "IP6DstOptsHeader") and fact.name == "options")
            or (fact.kind == "object" and isinstance(fact.theirs, dpkt.ip6.IP6))
        ),
    ),
    (
        "an IPv6 header that announces another one behind the last octet stands for itself",
        lambda fact: fact.kind == "raises" and str(fact.theirs).startswith("got 0,") and _ends_with_extension(fact.ours),
    ),
    ("IGMP's number also carries DVMRP, which has another header", lambda fact: isinstance(fact.theirs, dpkt.igmp.IGMP) and fact.theirs.type == 0x13),
    ("DTP counts its own header in the length of a value; dpkt does not, and shows pairs", lambda fact: fact.path[-1] == "DTP"),
    (
        "dpkt's own len is not that of its bytes",
        lambda fact: fact.kind == "len" and _theirs(fact) is not None and len(_theirs(fact) or b"") != fact.theirs,
    ),
]


def reason(fact: Fact) -> str | None:
    """Why a fact is as it should be; None if it is not."""
    return next((why for why, holds in DIFFERENCES if holds(fact)), None)
