"""Reads public captures with dpkt 1.9.8 and with unwire.dpkt and compares what the two say of every packet.

Here live the walk over two objects and the facts it finds. Which of them are right to differ, and why, is in dpkt_differences.py. As a program it
prints what differs: ``python tests/dpkt/differential.py [--glob 'tcpdump__*'] [--each 1] [--explained]``.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import dpkt
import unwire
from unwire import dpkt as ours
from unwire.declare import Packet, Part

KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance"
#: The class that a link type begins with, in dpkt's words.
FIRST = {1: "ethernet.Ethernet", 101: "ip.IP", 113: "sll.SLL", 228: "ip.IP", 229: "ip6.IP6", 276: "sll2.SLL2"}


@dataclass
class Fact:
    """One thing that dpkt and unwire do not say alike of a packet."""

    kind: str
    #: The classes from the outermost on, as dpkt names them.
    path: tuple[str, ...]
    name: str
    theirs: Any
    ours: Any
    packet: bytes
    #: unwire's object at the place, where there is one.
    at: Any = None
    #: The outermost objects of both.
    whole: tuple[Any, Any] = (None, None)
    place: str = ""


@dataclass
class Outcome:
    """What was compared, and what differs."""

    counts: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    open: list[Fact] = field(default_factory=list)


class Pair:
    """Two readings of one packet."""

    def __init__(self, packet: bytes, link: int, counts: Counter[str]) -> None:
        self.packet, self.counts = packet, counts
        module, name = FIRST[link].split(".")
        self.classes = getattr(getattr(dpkt, module), name), getattr(getattr(ours, module), name)
        self.facts: list[Fact] = []
        self.whole: tuple[Any, Any] = (None, None)

    def note(self, kind: str, path: tuple[str, ...], name: str, theirs: Any, mine: Any, at: Any = None) -> None:
        self.facts.append(Fact(kind, path, name, theirs, mine, self.packet, at, self.whole))

    def compare(self) -> list[Fact]:
        """Return every fact about the packet."""
        theirs, mine = (_attempt(lambda cls=cls: cls(self.packet)) for cls in self.classes)
        path = (self.classes[0].__name__,)
        self.counts["packets"] += 1
        if isinstance(theirs, Exception) or isinstance(mine, Exception):
            if type(theirs).__name__ != type(mine).__name__:
                self.note("raises", path, "", theirs, mine)
            elif str(theirs) != str(mine):
                self.note("text", path, "", str(theirs), str(mine))
            return self.facts
        self.whole = (theirs, mine)
        self.walk(theirs, mine, path)
        for kind, function in (("len", len), ("bytes", bytes)):
            self.counts[kind] += 1
            one, other = _attempt(partial(function, theirs)), _attempt(partial(function, mine))
            if (type(one).__name__, str(one)) != (type(other).__name__, str(other)) if isinstance(one, Exception) else one != other:
                self.note(kind, path, "", one, other, mine)
        return self.facts

    def walk(self, theirs: Any, mine: Any, path: tuple[str, ...]) -> None:
        """Compare two objects and what they carry."""
        self.counts["layers"] += 1
        if isinstance(theirs, dpkt.Packet) != isinstance(mine, Packet | Part):
            self.note("object", path, "", theirs, mine, mine)
            return
        if not isinstance(theirs, dpkt.Packet):
            if bytes(theirs) != mine:
                self.note("data", path, "", bytes(theirs), mine, mine)
            return
        if type(theirs).__name__ != type(mine).__name__:
            self.note("class", path, "", type(theirs).__name__, type(mine).__name__, mine)
            return
        for name in _names(theirs):
            self.value(theirs, mine, path, name)
        if type(theirs.data).__name__.lower() in theirs.__dict__:
            self.counts["aliases"] += 1
            if isinstance(mine.data, Packet) and getattr(mine, type(theirs.data).__name__.lower(), None) is not mine.data:
                self.note("alias", path, type(theirs.data).__name__.lower(), theirs.data, mine.data, mine)
        self.counts["reprs"] += 1
        one, other = (_own_text(thing, theirs) for thing in (theirs, mine))
        if one != other:
            self.note("repr", path, "", one, other, mine)
        if isinstance(theirs.data, dpkt.Packet | bytes):
            below = (type(theirs.data).__name__,) if isinstance(theirs.data, dpkt.Packet) else ()
            self.walk(theirs.data, mine.data, (*path, *below))

    def value(self, theirs: Any, mine: Any, path: tuple[str, ...], name: str) -> None:
        """Compare a field or a view."""
        try:
            one = getattr(theirs, name)
        except AttributeError:
            return
        self.counts["fields"] += 1
        try:
            other = getattr(mine, name)
        except AttributeError as error:
            self.note("missing", path, name, one, str(error), mine)
            return
        if isinstance(one, list) and one and isinstance(one[0], dpkt.Packet):
            self.counts["views"] += 1
            if len(one) != len(other):
                self.note("view", path, name, one, other, mine)
            for this, that in zip(one, other, strict=False):
                self.walk(this, that, (*path, type(this).__name__))
        elif isinstance(one, dict):
            if list(one) != list(other):
                self.note("value", path, name, one, other, mine)
            for this, that in zip(one.values(), other.values(), strict=False):
                if isinstance(this, dpkt.Packet):
                    self.walk(this, that, (*path, type(this).__name__))
        elif isinstance(one, dpkt.Packet):
            self.walk(one, other, (*path, type(one).__name__))
        elif one != other:
            self.note("value", path, name, one, other, mine)


def _names(packet: Any) -> Iterator[str]:
    """What dpkt says of an object: its header, the bits in it, and what unpacking put beside it, without the alias of the payload."""
    yield from packet.__hdr_fields__
    for parts in getattr(packet, "__bit_fields__", {}).values():
        yield from (name for name, _ in parts if not name.startswith("_"))
    yield from (name for name in packet.__dict__ if not name.startswith("_") and name != type(packet.data).__name__.lower())


def _own_text(packet: Any, theirs: Any) -> str:
    """A packet's `repr` without what it carries and the lists in it, which are compared on their own."""
    text = repr(packet)
    if packet.data:
        text = text.removesuffix(f"data={packet.data!r})").removesuffix(", ")
    for name, value in theirs.__dict__.items():
        if value and isinstance(value, list | dict):
            text = text.replace(repr(getattr(packet, name, None)), "…")
    return text.rstrip(")")


def _attempt(work: Any) -> Any:
    try:
        return work()
    except Exception as error:
        return error


def packets(path: Path, each: int, first: int) -> Iterator[tuple[int, int, bytes]]:
    """Number, link type and bytes of a capture's packets: the first ones, then one of so many."""
    frames = unwire.open(path)
    try:
        for frame in frames:
            if frame.link_type in FIRST and (frame.number <= first or frame.number % each == 0):
                yield frame.number, frame.link_type, bytes(frame)
    except (ValueError, OSError):
        return  # What the reader cannot read is the capture tests' business.


def run(glob: str = "*", each: int = 1, first: int = 0) -> Outcome:
    """Compare the packets of all captures whose names match."""
    from dpkt_differences import reason

    outcome = Outcome()
    warnings.simplefilter("ignore")
    for path in sorted((KIT / "captures").glob(glob)):
        outcome.counts["captures"] += 1
        for number, link, packet in packets(path, each, first):
            for fact in Pair(packet, link, outcome.counts).compare():
                fact.place = f"{path.name}:{number}"
                if why := reason(fact):
                    outcome.explained[why] += 1
                else:
                    outcome.open.append(fact)
    return outcome


def main() -> int:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glob", default="*")
    parser.add_argument("--each", type=int, default=1, help="one packet of so many (1: all)")
    parser.add_argument("--first", type=int, default=0, help="and so many at the beginning of each capture")
    given = parser.parse_args()
    outcome = run(given.glob, given.each, given.first)
    print(", ".join(f"{count:,} {what}" for what, count in outcome.counts.most_common()))
    for why, count in outcome.explained.most_common():
        print(f"{count:8,}  {why}")
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in outcome.open:
        groups.setdefault((fact.kind, *fact.path[-2:], fact.name), []).append(fact)
    for group, facts in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"{len(facts):8,}  {group} {facts[0].place}\n    dpkt   {_short(facts[0].theirs)}\n    unwire {_short(facts[0].ours)}")
    print(f"{len(outcome.open):,} differences without a reason")
    return bool(outcome.open)


def _short(value: Any) -> str:
    return (value.hex() if isinstance(value, bytes) else repr(value))[:400]


if __name__ == "__main__":
    sys.exit(main())
