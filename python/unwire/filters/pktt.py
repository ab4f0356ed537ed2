r"""Pktt's match language to the tree: ``TCP.flags.SYN == 1 and IP.src == re('192\.168.*')``. A parser; nothing of an expression is ever executed.

or    := and ('or' and)*          test := value (relation value)* | value ['not'] 'in' value | value 'is' ['not'] 'None' | LAYER
and   := not ('and' not)*         value := Python's operators | ^ & << >> + - * / % over: number, 'text', [list], LAYER.attr{.attr}, function(…),
not   := 'not' not | test                  re('…'), re.search('…', value), '(' or ')'

A comparison with a layer that a packet lacks is false, whatever is compared; `not` of it is true.
"""

from __future__ import annotations

from unwire import _engine
from unwire import schema as schemas
from unwire.errors import FilterError
from unwire.filters import pktt_words, tree
from unwire.filters.grammar import MOST_DEEP, Grammar
from unwire.filters.literals import Kind
from unwire.filters.pktt_values import NO, YES, Meaning, Value, any_of, raw
from unwire.filters.pktt_words import Token, tokens
from unwire.suggest import suggest

_RELATIONS: dict[str, tree.Relation] = {"==": "eq", "!=": "ne", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_FLIPPED: dict[tree.Relation, tree.Relation] = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
#: Operators by how strongly they bind, the weakest first.
_LEVELS: tuple[dict[str, tree.Operator], ...] = (
    {"|": "or"}, {"^": "xor"}, {"&": "and"}, {"<<": "shl", ">>": "shr"}, {"+": "add", "-": "sub"}, {"*": "mul", "/": "div", "//": "div", "%": "rem"},
)  # fmt: skip
_FUNCTIONS: dict[str, tree.Function] = {
    "str": "string", "repr": "string", "len": "len", "hexstr": "hex", "crc16": "crc16", "crc32": "crc32",
    "abs": "abs", "max": "max", "min": "min", "upper": "upper", "lower": "lower",
}  # fmt: skip
_WORDS = frozenset({"and", "or", "not", "in", "is", "True", "False", "None"})


class WaitingError(FilterError):
    """An expression about a layer of Pktt's that nobody declares yet."""


def parse(expression: str, schema: _engine.Schema | None = None, first: int = 0) -> tree.Test:
    """Return the tree of an expression; `FilterError` says what is wrong, where, and what may be meant. `first` is the first packet's time in ns."""
    return _Parser(expression, schema or schemas.current(), first).whole()


class _Parser(Meaning, Grammar):
    def __init__(self, expression: str, schema: _engine.Schema, first: int) -> None:
        super().__init__(expression, schema, first)
        self.tokens = tokens(expression)

    def test(self) -> tree.Test:
        left, tests = self.value(), []
        while True:
            token = self.here
            if token.kind == "sign" and token.text in _RELATIONS:
                self.place += 1
                right = self.value()
                tests.append(self.compare(_RELATIONS[token.text], left, right))
            elif token.text in ("in", "not") and token.kind == "word" and (token.text == "in" or self.tokens[self.place + 1].text == "in"):
                self.place += 1 + (token.text == "not")
                right = self.value()
                found = self.membership(left, right)
                # Of a packet without the layer, neither holds.
                tests.append(found if token.text == "in" else tree.And([*self.present(left), *self.present(right), tree.Not(found)]))
            elif self.take("is"):
                relation: tree.Relation = "ne" if self.take("not") else "eq"
                right = self.value()
                tests.append(self.compare(relation, left, right))
            else:
                break
            left = right
            self.one_more()
        if not tests:
            return self.alone(left)
        return tests[0] if len(tests) == 1 else tree.And(tests)

    def alone(self, value: Value) -> tree.Test:
        if value.test is not None:
            return value.test
        if value.layer is not None:
            return any_of(tree.Exists(tree.Protocol(name, value.at)) for name in self.names(value.layer))
        if value.operands:
            return any_of(tree.Truth(operand) if kind.family in ("uint", "bool") else tree.Exists(operand) for operand, kind in value.operands)
        if value.literal is not None:
            return YES if value.literal else NO
        raise self.error("a comparison is needed", value.at)

    def present(self, value: Value) -> list[tree.Test]:
        return [any_of(tree.Exists(operand) for operand, _ in value.operands)] if value.operands else []

    def compare(self, relation: tree.Relation, left: Value, right: Value) -> tree.Test:
        if not (left.operands or left.layer) and (right.operands or right.layer):
            left, right, relation = right, left, _FLIPPED[relation]
        if right.none or left.none:
            if relation not in ("eq", "ne") or left.none:
                raise self.error("None is only equal or not equal", right.at)
            there = self.alone(left) if left.layer else any_of(tree.Exists(operand) for operand, _ in left.operands)
            return there if relation == "ne" else tree.Not(there)
        for value in (left, right):
            if value.layer is not None:
                raise self.error(f"{value.layer} is a layer; name one of its attributes", value.at)
            if value.test is not None:
                raise self.error("the result of a test is not compared; leave the comparison out", value.at)
        if right.pattern is not None:
            return self.searched(relation, left, right)
        if left.pattern is not None:
            raise self.error("re('…') stands on the right of a comparison", left.at)
        if not left.operands:
            return self.constant(relation, left, right)
        if right.operands:
            pairs = [(one, other) for one in left.operands for other in right.operands if one[1].family == other[1].family]
            if not pairs:
                raise self.error("the two sides are never of one kind", right.at)
            return any_of(tree.Compare(relation, one[0], other[0]) for one, other in pairs)
        if right.items is not None:
            raise self.error("a list is compared with in", right.at)
        return any_of(self.against(relation, operand, kind, right) for operand, kind in left.operands)

    def searched(self, relation: tree.Relation, left: Value, right: Value) -> tree.Test:
        if relation not in ("eq", "ne") or not left.operands:
            raise self.error("re('…') stands behind an attribute and == or !=", right.at)
        found = self.matches(left, right.pattern or "", right.at)
        return found if relation == "eq" else tree.And([*self.present(left), tree.Not(found)])

    def matches(self, value: Value, pattern: str, at: tree.At) -> tree.Test:
        if not value.operands:
            raise self.error("an attribute of a layer is needed", value.at)
        tests = []
        for operand, kind in value.operands:
            text = operand if kind.name in ("text", "bytes", "protocol") else tree.Call("string", (operand,))
            tests.append(tree.Matches(text, pattern, case=True, at=at))
        return any_of(tests)

    def membership(self, left: Value, right: Value) -> tree.Test:
        if right.items is not None:
            if not left.operands:
                holds = any(left.literal == item.literal for item in right.items)
                return YES if holds and left.literal is not None else NO
            return any_of(self.compare("eq", left, item) for item in right.items)
        if right.operands and isinstance(left.literal, (int, float)):
            # A number in a list: one of the values that the packet has.
            every = [(tree.Field(one.name, one.at), kind) for one, kind in right.operands if isinstance(one, tree.Field)]
            return any_of(self.against("eq", operand, kind, left) for operand, kind in every)
        if right.operands and isinstance(left.literal, str):
            wanted = tree.Bytes(raw(left.literal))
            text = [
                (operand if kind.family == "bytes" and kind.name != "mac" else tree.Call("string", (operand,))) for operand, kind in right.operands
            ]
            return any_of(tree.Contains(one, wanted) for one in text)
        raise self.error("in needs a list, or an attribute, on its right", right.at)

    # Values.

    def value(self, level: int = 0) -> Value:
        if level == len(_LEVELS):
            return self.signed()
        found, chain = self.value(level + 1), 0
        while self.here.kind == "sign" and self.here.text in _LEVELS[level]:
            token = self.here
            self.chained(chain := chain + 1, token.at)
            self.place += 1
            found = self.binary(_LEVELS[level][token.text], found, self.value(level + 1), token)
        return found

    def binary(self, operator: tree.Operator, left: Value, right: Value, sign: Token) -> Value:
        at = (left.at[0], right.at[1])
        for value in (left, right):
            number = value.operands and all(kind.family in ("uint", "bool", "seconds") for _, kind in value.operands)
            if not number and not isinstance(value.literal, int):
                raise self.error(f"{sign.text!r} is for whole numbers", value.at)
        if not left.operands and not right.operands:
            return Value(at, literal=self.reckoned(operator, int(left.literal or 0), int(right.literal or 0), at))
        ones = [one for one, _ in left.operands] or [tree.Number(int(left.literal or 0))]
        others = [other for other, _ in right.operands] or [tree.Number(int(right.literal or 0))]
        kind = Kind("uint", title=self.expression[at[0] : at[1]])
        return Value(at, tuple((tree.Binary(operator, one, other), kind) for one in ones for other in others))

    def signed(self) -> Value:
        token = self.here
        if self.take("-", "+"):
            self.deeper()
            of = self.signed()
            self.depth -= 1
            if isinstance(of.literal, (int, float)):
                return Value((token.at[0], of.at[1]), literal=-of.literal if token.text == "-" else of.literal)
            raise self.error("a sign stands before a number", token.at)
        return self.primary()

    def primary(self) -> Value:
        token = self.here
        if token.kind == "text" or token.kind == "number":
            self.place += 1
            return Value(token.at, literal=token.value)
        if opened := self.take("("):
            return self.parenthesised(opened)
        if opened := self.take("["):
            return Value(opened.at, items=self.list_of("]"))
        if token.kind != "word" or token.text in ("and", "or", "not", "in", "is"):
            what = "the expression ends" if token.kind == "end" else f"{token.text!r} stands"
            raise self.error(f"{what} where an attribute or value is needed", token.at)
        self.place += 1
        if token.text in ("True", "False"):
            return Value(token.at, literal=int(token.text == "True"))
        if token.text == "None":
            return Value(token.at, none=True)
        if token.text == "re":
            return self.regular(token)
        if self.here.text == "(":
            return self.call(token)
        return self.attribute(token)

    def parenthesised(self, opened: Token) -> Value:
        """Read a tuple, a value, or a test, which only its end tells apart."""
        self.deeper()
        start = self.place
        try:
            value = self.value()
            if self.here.text == ",":
                self.place = start
                items = self.list_of(")")
                return Value(opened.at, items=items)
            if self.take(")"):
                return value
        except FilterError:
            if self.depth > MOST_DEEP:
                raise
        finally:
            self.depth -= 1
        self.place = start
        self.deeper()
        test = self.either()
        closed = self.need(")")
        self.depth -= 1
        return Value((opened.at[0], closed.at[1]), test=test)

    def list_of(self, closing: str) -> tuple[Value, ...]:
        items: list[Value] = []
        self.deeper()
        while not self.take(closing):
            item = self.value()
            if item.literal is None:
                raise self.error("a list has numbers and texts", item.at)
            items.append(item)
            if not self.take(","):
                self.need(closing)
                break
        self.depth -= 1
        return tuple(items)

    def regular(self, word: Token) -> Value:
        if self.take("."):
            function = self.here
            self.place += 1
            if function.text not in ("search", "match"):
                raise self.error(f"re.{function.text} is not known; re.search and re.match are", function.at)
            self.need("(")
            pattern = self.pattern(function.text)
            self.need(",")
            value = self.value()
            closed = self.need(")")
            return Value((word.at[0], closed.at[1]), test=self.matches(value, pattern[0], pattern[1]))
        self.need("(")
        found, _ = self.pattern("search")
        closed = self.need(")")
        return Value((word.at[0], closed.at[1]), pattern=found)

    def pattern(self, function: str) -> tuple[str, tree.At]:
        token = self.here
        if token.kind != "text":
            raise self.error("a regular expression in quotes is needed", token.at)
        self.place += 1
        return (f"\\A(?:{token.value})" if function == "match" else str(token.value)), token.at

    def call(self, name: Token) -> Value:
        self.need("(")
        self.deeper()
        of = self.value()
        closed = self.need(")")
        self.depth -= 1
        at = (name.at[0], closed.at[1])
        if name.text == "int" and of.operands:
            return of
        if name.text not in _FUNCTIONS:
            known = [*_FUNCTIONS, "int", "re"]
            raise self.error(f"unknown function {name.text!r}{suggest(name.text, known) or '; there are ' + ', '.join(known)}", name.at)
        if not of.operands:
            raise self.error(f"{name.text} is of an attribute", of.at)
        function = _FUNCTIONS[name.text]
        kind = {"string": "text", "hex": "text", "upper": "text", "lower": "text", "len": "uint", "crc16": "uint", "crc32": "uint"}.get(function)
        if function in ("crc16", "crc32") and any(known.family != "bytes" for _, known in of.operands):
            raise self.error(f"{name.text} is of bytes or text", of.at)
        made = [(tree.Call(function, (operand,)), Kind(kind, title=name.text) if kind else known) for operand, known in of.operands]
        return Value(at, tuple(made))

    # Attributes.

    def place_in_list(self) -> tuple[int, int]:
        """Read which of several values is meant, and where that ends; below zero it counts from the last."""
        self.need("[")
        negative, number = self.take("-"), self.here
        if number.kind != "number" or not isinstance(number.value, int) or number.value >= 1 << 31:
            raise self.error("the place in a list is a whole number", number.at)
        self.place += 1
        return -number.value if negative else number.value, self.need("]").at[1]

    def attribute(self, layer: Token) -> Value:
        low = layer.text.lower()
        if not self.names(layer.text):
            if low in pktt_words.WAITING:
                raise WaitingError(f"{layer.text} is a layer that is not declared yet", self.expression, layer.at)
            known = ["record", "ethernet", "ip", "tcp", "udp", "vlan", "arp", *self.protocols]
            raise self.error(f"unknown layer {layer.text!r}{suggest(low, known)}", layer.at)
        parts: list[str] = []
        end = layer.at[1]
        nth = 0
        while self.take("."):
            part = self.here
            if part.kind != "word" or (part.text in _WORDS and part.text not in ("in", "is", "or", "and", "not")):
                raise self.error("the name of an attribute is needed behind a dot", part.at)
            self.place += 1
            parts.append(part.text)
            end = part.at[1]
            if self.here.text == "[" and self.here.kind == "sign":
                nth, end = self.place_in_list()
                parts[-1] += "[]"
        if not parts:
            return Value(layer.at, layer=layer.text)
        at, name = (layer.at[0], end), ".".join(parts)
        operands = pktt_words.operands(self.schema, low, name, at, self.first, nth) or self.declared(layer.text, name.replace("[]", ""), at, nth)
        if not operands:
            known = [*pktt_words.attributes(self.schema, low), *self.columns(layer.text)]
            raise self.error(f"unknown attribute {name!r} of {layer.text}{suggest(name, known) or '; there are ' + ', '.join(known[:12])}", at)
        whole = f"{layer.text}.{name}"
        return Value(at, tuple((operand, self.kind(operand, whole)) for operand in operands))
