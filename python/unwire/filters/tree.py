"""The expression tree that every dialect is lowered to, as the engine takes it; no dialect's word is known here, and nothing is evaluated.

The engine's `filter/tree.rs` says what each node means. In short: an operand has none, one or several values in a frame; a test of an operand
without a value is false, so that `Not` of it is true; `over` says whether any or all values must fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: First character and the one behind the last, in what was written.
At = tuple[int, int]
Over = Literal["any", "all"]
#: ``{"count": [start, n]}``, ``{"to": [start, last]}`` or ``{"rest": start}``; below zero counts from the end.
Piece = dict[str, Any]
Relation = Literal["eq", "ne", "lt", "le", "gt", "ge"]
Operator = Literal["add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr"]
#: Of the classic BPF machine: code, jump where it holds, jump where not, operand.
Instruction = tuple[int, int, int, int]
Function = Literal["len", "count", "upper", "lower", "string", "hex", "max", "min", "abs", "crc16", "crc32"]


class Operand:
    """Something that has values."""

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        raise NotImplementedError


class Test:
    """A question about a frame."""

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        raise NotImplementedError

    def json(self) -> str:
        """Return the whole tree as `_engine.Filter` takes it."""
        return json.dumps(self.document(), separators=(",", ":"))


@dataclass(frozen=True)
class Field(Operand):
    """A column by its Wireshark name; `layers` are those that count, by number among the layers of their name; `nth` is one value of several."""

    name: str
    at: At = (0, 0)
    layers: tuple[Piece, ...] = ()
    nth: int | None = None

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        node: dict[str, Any] = {"name": self.name, "at": self.at, "layers": self.layers}
        if self.nth is not None:
            node["take"] = {"nth": self.nth}
        return {"field": node}


@dataclass(frozen=True)
class Protocol(Operand):
    """The layers of a name, each with its own bytes, or with its `payload`; the frame itself is ``"frame"``."""

    name: str
    at: At = (0, 0)
    layers: tuple[Piece, ...] = ()
    payload: bool = False

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        if self.name == "frame":
            return "frame"
        return {"protocol": {"name": self.name, "payload": self.payload, "at": self.at, "layers": self.layers}}


@dataclass(frozen=True)
class Number(Operand):
    """A number; times are ns since the epoch, truth is 1."""

    value: int

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"number": self.value}


@dataclass(frozen=True)
class Bytes(Operand):
    """Bytes, or those of a text."""

    value: bytes

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"bytes": self.value.hex()}


@dataclass(frozen=True)
class Address(Operand):
    """An IPv4 or IPv6 address, of which the first `prefix` bits count."""

    value: bytes
    prefix: int

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"address": [self.value.hex(), self.prefix]}


@dataclass(frozen=True)
class Slice(Operand):
    """Some bytes of each value."""

    of: Operand
    pieces: tuple[Piece, ...]

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"slice": [self.of.document(), self.pieces]}


@dataclass(frozen=True)
class Call(Operand):
    """A function of operands."""

    function: Function
    arguments: tuple[Operand, ...]

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"call": [self.function, [argument.document() for argument in self.arguments]]}


@dataclass(frozen=True)
class Binary(Operand):
    """Arithmetic."""

    operator: Operator
    left: Operand
    right: Operand

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"binary": [self.operator, self.left.document(), self.right.document()]}


@dataclass(frozen=True)
class Negative(Operand):
    """Minus."""

    of: Operand

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"negative": self.of.document()}


@dataclass(frozen=True)
class And(Test):
    """All hold."""

    tests: Sequence[Test]

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"and": [test.document() for test in self.tests]}


@dataclass(frozen=True)
class Or(Test):
    """One holds."""

    tests: Sequence[Test]

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"or": [test.document() for test in self.tests]}


@dataclass(frozen=True)
class Not(Test):
    """It does not hold."""

    test: Test

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"not": self.test.document()}


@dataclass(frozen=True)
class Exists(Test):
    """There is a value."""

    of: Operand

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"exists": self.of.document()}


@dataclass(frozen=True)
class Truth(Test):
    """A value is not zero."""

    of: Operand

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"truth": self.of.document()}


@dataclass(frozen=True)
class Compare(Test):
    """A relation between two operands."""

    relation: Relation
    left: Operand
    right: Operand
    over: Over = "any"

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"compare": {"relation": self.relation, "left": self.left.document(), "right": self.right.document(), "over": self.over}}


@dataclass(frozen=True)
class In(Test):
    """A value lies in one of the ranges, ends included; of a single value both ends are the same. Of long lists `numbers` and `texts`, bytes in
    hexadecimal, have ranges that are nothing but that.
    """

    value: Operand
    ranges: tuple[tuple[Operand, Operand], ...]
    over: Over = "any"
    numbers: tuple[tuple[int, int], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        ranges = [(low.document(), high.document()) for low, high in self.ranges]
        return {"in": {"value": self.value.document(), "ranges": ranges, "numbers": self.numbers, "texts": self.texts, "over": self.over}}


@dataclass(frozen=True)
class Contains(Test):
    """The left bytes have the right ones in them."""

    left: Operand
    right: Operand
    over: Over = "any"

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"contains": {"left": self.left.document(), "right": self.right.document(), "over": self.over}}


@dataclass(frozen=True)
class Matches(Test):
    """A regular expression is found; its syntax is that of Rust's `regex`."""

    value: Operand
    pattern: str
    case: bool = False
    over: Over = "any"
    at: At = (0, 0)

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"matches": {"value": self.value.document(), "pattern": self.pattern, "case": self.case, "over": self.over, "at": self.at}}


@dataclass(frozen=True)
class Program(Test):
    """A program of the classic BPF machine lets the frame pass, by link type; frames of others do not pass."""

    programs: tuple[tuple[int, tuple[Instruction, ...]], ...]

    def document(self) -> Any:
        """Return the node as the engine reads it."""
        return {"program": self.programs}
