"""What the values of Pktt's language mean: attributes by the declarations, literals by what they stand beside, numbers that are known beforehand. The
grammar is in pktt.py.
"""

from __future__ import annotations

import ipaddress
import operator as op
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from unwire import _engine
from unwire.errors import FilterError
from unwire.filters import pktt_words, tree
from unwire.filters.literals import Kind

YES, NO = tree.And(()), tree.Or(())

_RECKONED: dict[tree.Operator, Callable[[int, int], int]] = {
    "add": op.add, "sub": op.sub, "mul": op.mul, "div": op.floordiv, "rem": op.mod,
    "and": op.and_, "or": op.or_, "xor": op.xor, "shl": op.lshift, "shr": op.rshift,
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """What stands in a comparison: operands that it may be, with their kinds; or a literal; or a pattern."""

    at: tree.At
    operands: tuple[tuple[tree.Operand, Kind], ...] = ()
    literal: int | float | str | None = None
    items: tuple[Value, ...] | None = None
    pattern: str | None = None
    #: The layer itself, where no attribute is named.
    layer: str | None = None
    none: bool = False
    #: A test that stands in parentheses, or a search.
    test: tree.Test | None = None


class Meaning:
    """The part of the parser that knows the schema."""

    def __init__(self, expression: str, schema: _engine.Schema, first: int) -> None:
        self.expression, self.schema, self.first = expression, schema, first
        self.protocols = frozenset(schema.protocols())

    def error(self, reason: str, at: tree.At) -> FilterError:
        """Return the error for a place; one behind the end is at the last character."""
        length = len(self.expression)
        return FilterError(reason, self.expression, at if at[0] < length else (max(0, length - 1), max(1, length)))

    def against(self, relation: tree.Relation, operand: tree.Operand, kind: Kind, right: Value) -> tree.Test:
        """Compare a field with a literal."""
        literal = right.literal
        if isinstance(literal, str):
            if kind.family in ("uint", "bool", "seconds", "time"):
                raise self.error(f"{kind.title or 'this'} is a number, and {literal!r} a text", right.at)
            value = _bytes_of(kind, literal)
            if value is not None and relation in ("eq", "ne"):
                return tree.Compare(relation, operand, value)
            text = operand if kind.family == "bytes" and kind.name != "mac" else tree.Call("string", (operand,))
            return tree.Compare(relation, text, tree.Bytes(raw(literal)))
        assert literal is not None
        if kind.family not in ("uint", "bool", "seconds", "time"):
            raise self.error(f"{kind.title or 'this'} is a text or an address, and {literal!r} a number", right.at)
        if kind.family in ("seconds", "time"):
            return tree.Compare(relation, operand, tree.Number(round(literal * 1_000_000_000)))
        if isinstance(literal, float) and not literal.is_integer():
            # Between two integers: nothing is equal to it, and what is below one is below the other.
            if relation in ("eq", "ne"):
                return tree.Exists(operand) if relation == "ne" else NO
            return tree.Compare("gt" if relation in ("gt", "ge") else "le", operand, tree.Number(int(literal // 1)))
        return tree.Compare(relation, operand, tree.Number(int(literal)))

    def constant(self, relation: tree.Relation, left: Value, right: Value) -> tree.Test:
        """Compare two literals."""
        one, other = left.literal, right.literal
        if one is None or other is None or isinstance(one, str) != isinstance(other, str):
            raise self.error("these two cannot be compared", (left.at[0], right.at[1]))
        low = one < other  # type: ignore[operator]
        holds = {"eq": one == other, "ne": one != other, "lt": low, "ge": not low, "gt": not low and one != other, "le": low or one == other}[
            relation
        ]
        return YES if holds else NO

    def reckoned(self, operator: tree.Operator, one: int, other: int, at: tree.At) -> int:
        """Reckon with two numbers that are known beforehand."""
        if operator in ("div", "rem") and other == 0:
            raise self.error("a division by zero", at)
        if operator in ("shl", "shr") and not 0 <= other <= 64:
            raise self.error("a shift by 0 to 64 bits", at)
        made = int(_RECKONED[operator](one, other))
        if abs(made) >= 1 << 100:
            raise self.error("a number of more than 100 bits", at)
        return made

    def names(self, layer: str) -> Sequence[str]:
        """Return Wireshark's names of a layer of Pktt's."""
        low = layer.lower()
        if low in pktt_words.LAYERS:
            return pktt_words.LAYERS[low]
        return [low] if low in self.protocols else [name for name in self.protocols if name.lower() == low]

    def columns(self, layer: str) -> list[str]:
        """Return the attributes that a layer has by its declaration: its columns without the layer's name."""
        starts = tuple(f"{name}." for name in self.names(layer))
        return [column["name"].partition(".")[2] for column in self.schema.columns() if column["name"].startswith(starts)]

    def declared(self, layer: str, name: str, at: tree.At, nth: int = 0) -> list[tree.Operand]:
        """Return the operands of an attribute that goes by the name it is declared with."""
        found = [f"{one}.{name}" for one in self.names(layer) if self.schema.field(f"{one}.{name}")]
        return [tree.Field(one, at, nth=nth) for one in found]

    def kind(self, operand: tree.Operand, title: str) -> Kind:
        """Return what the values of an operand are."""
        if isinstance(operand, tree.Protocol):
            return Kind("bytes", title=title)
        if isinstance(operand, tree.Field):
            found = self.schema.field(operand.name)
            return Kind(found[0], found[1], title=title) if found else Kind("bytes", title=title)
        if isinstance(operand, tree.Binary):
            # A difference of times is a time; what a time is divided by makes a number of it.
            inner = self.kind(operand.left, title)
            return inner if operand.operator == "sub" else Kind("uint", title=title)
        return Kind("uint", title=title)


def any_of(tests: Iterable[tree.Test]) -> tree.Test:
    """Return the test that one of several holds."""
    found = list(tests)
    return found[0] if len(found) == 1 else tree.Or(found)


def raw(text: str) -> bytes:
    """Return the bytes of a text: its first 256 characters are bytes."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _bytes_of(kind: Kind, text: str) -> tree.Operand | None:
    """Return a text as a value of a kind, None if it is not written as one."""
    if kind.name in ("ip4", "ip6"):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return None
        if len(address.packed) != (4 if kind.name == "ip4" else 16):
            return None
        return tree.Address(address.packed, len(address.packed) * 8)
    if kind.name == "mac":
        return tree.Bytes(bytes.fromhex(re.sub(r"[:-]", "", text))) if re.fullmatch(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}", text) else None
    return tree.Bytes(raw(text))
