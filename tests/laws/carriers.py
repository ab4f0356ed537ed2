"""Finds for any declared class a packet that carries it, from a link type's first layer on: which class links to its number, and what that
class's fields must be for the link to hold. All of it is read from the declarations; no protocol is known here.
"""

from __future__ import annotations

import io
import operator
from collections.abc import Iterator
from typing import Any

import unwire
from laws.values import CLASSES, inner
from protocols.vectors import capture
from unwire.declare import Packet
from unwire.errors import Error

PREFIX = "unwire.protocols."
_RELATIONS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "&": operator.and_}


def _known(tree: Any, given: dict[str, int]) -> int | None:
    """What an expression is for fields of these values; None if that is not enough to tell."""
    match tree:
        case int():
            return tree
        case str():
            return given.get(tree)
        case [str(relation), one, other] if relation in _RELATIONS:
            values = _known(one, given), _known(other, given)
            return None if values[0] is None or values[1] is None else int(_RELATIONS[relation](*values))
    return None


def _solve(tree: Any, cls: Any, given: dict[str, int], wanted: bool = True) -> Iterator[dict[str, int]]:
    """Values of further fields for which an expression holds, or does not. What asks for bytes may hold without any."""
    known = _known(tree, given)
    if known is not None:
        if bool(known) == wanted:
            yield {}
        return
    match tree:
        case str():
            kind = next((inner(field["type"]) for field in cls.__layer__["fields"] if field["name"] == tree), None)
            if kind is not None and kind["t"] == "column":
                yield from _solve(kind["expr"], cls, given, wanted)
            else:
                yield from _number(tree, int(wanted), cls)
        case ["not", one]:
            yield from _solve(one, cls, given, not wanted)
        case ["and" | "or" as word, *parts] if (word == "and") == wanted:
            yield from _all(parts, cls, given, wanted)
        case ["and" | "or", *parts]:
            for part in parts:
                yield from _solve(part, cls, given, wanted)
        case ["==" | "<=" | ">=", str(name), int(value)] | ["==" | "<=" | ">=", int(value), str(name)] if wanted:
            yield from _number(name, value, cls)
        case ["!=", str(name), int(value)] if not wanted:
            yield from _number(name, value, cls)
        case ["&", str(name), int(value)]:
            yield from _number(name, value if wanted else 0, cls)
        case [">", str(name), int(value)] | ["<", int(value), str(name)] if wanted:
            yield from _number(name, value + 1, cls)
        case ["==", ["|", str(name), *_], int(value)] if wanted:
            yield from _number(name, value, cls)
        case _:
            yield {}


def _number(name: str, value: int, cls: Any) -> Iterator[dict[str, int]]:
    kind = next((inner(field["type"]) for field in cls.__layer__["fields"] if field["name"] == name), None)
    if kind is not None and kind["t"] in ("uint", "int", "bits", "switch"):
        yield {name: value}
    elif kind is not None and kind["t"] == "column" and isinstance(kind["expr"], str):
        yield from _number(kind["expr"], value, cls)
    else:
        yield {}


def _all(parts: list[Any], cls: Any, given: dict[str, int], wanted: bool = True) -> Iterator[dict[str, int]]:
    if not parts:
        yield {}
        return
    for first in _solve(parts[0], cls, given, wanted):
        for others in _all(parts[1:], cls, {**given, **first}, wanted):
            yield {**others, **first}


def _ways(cls: Any) -> Iterator[tuple[Any, dict[str, int]]]:
    """Classes that link to this one, with what their fields must be."""
    for over in cls.__layer__["over"]:
        for carrier in CLASSES.values():
            if not issubclass(carrier, Packet):
                continue
            for link in carrier.__layer__["next"]:
                if link.get("space") != over["space"]:
                    continue
                for number in over["keys"]:
                    for key in link["keys"]:
                        if isinstance(key, int) and key != number:
                            continue
                        keyed = 1 if isinstance(key, int) else ["==", key, number]
                        for found in _all([keyed, link.get("when", 1)], carrier, {}):
                            yield carrier, found


def first_links(cls: Any) -> list[int]:
    """The link types that begin with a class."""
    return [key for over in cls.__layer__["over"] if over["space"] == "link" for key in over["keys"]]


class Chain:
    """A link type and the layers from there on, outermost first, each with what its fields must be."""

    def __init__(self, link: int, layers: tuple[tuple[Any, dict[str, int]], ...]) -> None:
        self.link, self.layers = link, layers

    def above(self, cls: Any, values: dict[str, int]) -> Chain:
        """The same with one more layer above."""
        return Chain(self.link, (*self.layers, (cls, values)))

    def leading(self, values: dict[str, int]) -> Chain:
        """The same with the last layer's fields as a link needs them; they must not be others than it has."""
        cls, given = self.layers[-1]
        return Chain(self.link, (*self.layers[:-1], (cls, {**given, **values})))

    def build(self, below: dict[str, dict[str, Any]] | None = None) -> Packet:
        """The packet, with the defaults of all other fields; `below` has values for those that only carry others."""
        made: Any = None
        for cls, values in reversed(self.layers):
            inside = {} if made is None else {**(below or {}).get(cls.__layer__["id"].removeprefix(PREFIX), {}), "data": made}
            made = cls(**{**values, **inside})
        packet: Packet = made
        return packet


def own(cls: Any, required: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Values with which a class is itself: those it must have, else the defaults, else what its tests ask for."""
    yield required
    tests = [cls.__layer__.get("when", 1), *(field["must"] for field in cls.__layer__["fields"] if "must" in field)]
    yield from ({**found, **required} for found in _all(tests, cls, required))


def chains(required: dict[str, dict[str, Any]], via: dict[str, str]) -> dict[str, Chain]:
    """For every class that can be reached a packet with it as the last layer; what stands on Ethernet stands there.

    `required` are fields that a class must be given, `via` says which of several carriers to take. A class of no bytes of its own only leads
    on, and is reached with what it leads to.
    """
    packets = {id.removeprefix(PREFIX): cls for id, cls in CLASSES.items() if issubclass(cls, Packet)}
    found: dict[str, Chain] = {}
    for links in ((1,), tuple(sorted({link for cls in packets.values() for link in first_links(cls)}))):
        for id, cls in packets.items():
            for link in (link for link in first_links(cls) if link in links and id not in found and via.get(id, "link") == "link"):
                _enter(found, [Chain(link, ((cls, values),)) for values in own(cls, required.get(id, {}))])
        before = -1
        while before != len(found):
            before, known = len(found), dict(found)
            for id, cls in packets.items():
                if id in found:
                    continue
                carriers = ((carrier.__layer__["id"].removeprefix(PREFIX), needed) for carrier, needed in _ways(cls))
                ways = [(known[name], needed) for name, needed in carriers if name in known and via.get(id, name) == name]
                ways.sort(key=lambda way: len(way[0].layers))
                _enter(found, [way.leading(needed).above(cls, values) for way, needed in ways for values in own(cls, required.get(id, {}))])
    return found


def _enter(found: dict[str, Chain], tried: list[Chain]) -> None:
    for chain in tried:
        if leads(chain.layers[-1][0]) or reaches(chain):
            found[chain.layers[-1][0].__layer__["id"].removeprefix(PREFIX)] = chain
            return


def leads(cls: Any) -> bool:
    """Whether a class has no bytes of its own."""
    return all(inner(field["type"])["t"] in ("column", "payload") for field in cls.__layer__["fields"])


def reaches(chain: Chain) -> bool:
    """Whether a walk finds the last layer where it is."""
    try:
        packed = bytes(chain.build())
    except (Error, ValueError, AttributeError):
        return False
    (frame,) = unwire.open(io.BytesIO(capture(chain.link, packed)))
    ids = iter([layer[0] for layer in frame.layers])
    return all(cls.__layer__["id"] in ids for cls, _ in chain.layers)
