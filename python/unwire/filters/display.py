"""Wireshark's display-filter language, as wireshark-filter(4) documents it and tshark 4.0 means it, to the tree. Nothing is evaluated here.

or      := and (('or' | '||') and)*            relation := [any | all] operand (comparison operand)* | operand [not] in { … }
and     := not (('and' | '&&') not)*           operand  := sum ('&' sum)*
not     := ('not' | '!') not | test            sum      := product (('+' | '-') product)*
test    := '(' or ')' | relation               product  := unary (('*' | '/' | '%') unary)*
                                               unary    := '-' unary | field[#n][slices] | function(…) | literal | { operand }
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from unwire import _engine
from unwire import schema as schemas
from unwire.errors import FilterError
from unwire.filters import named, tree
from unwire.filters.grammar import Grammar
from unwire.filters.lexer import Token, tokens
from unwire.filters.listing import listed
from unwire.filters.literals import Kind, LiteralError, literal, pattern
from unwire.suggest import suggest

#: Comparisons: the relation, and whether it is of any or all values.
_COMPARISONS: dict[str, tuple[tree.Relation, tree.Over]] = {
    "==": ("eq", "any"), "eq": ("eq", "any"), "any_eq": ("eq", "any"), "===": ("eq", "all"), "all_eq": ("eq", "all"),
    "!=": ("ne", "all"), "ne": ("ne", "all"), "all_ne": ("ne", "all"), "!==": ("ne", "any"), "any_ne": ("ne", "any"), "~=": ("ne", "any"),
    ">": ("gt", "any"), "gt": ("gt", "any"), "<": ("lt", "any"), "lt": ("lt", "any"),
    ">=": ("ge", "any"), "ge": ("ge", "any"), "<=": ("le", "any"), "le": ("le", "any"),
}  # fmt: skip
_FLIPPED: dict[tree.Relation, tree.Relation] = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_FUNCTIONS: dict[str, tree.Function] = {
    "len": "len", "count": "count", "upper": "upper", "lower": "lower", "string": "string", "max": "max", "min": "min", "abs": "abs",
}  # fmt: skip
_SUMS: dict[str, tree.Operator] = {"+": "add", "-": "sub"}
_PRODUCTS: dict[str, tree.Operator] = {"*": "mul", "/": "div", "%": "rem"}
_WORDS = frozenset(
    {"and", "or", "not", "in", "contains", "matches", "any", "all", "bitwise_and", *(word for word in _COMPARISONS if word.isidentifier())}
)
_PAYLOAD = ".payload"
_WHOLE: tree.Piece = {"rest": 0}
_BYTES = Kind("bytes")
_NUMBER = Kind("uint")


@dataclass(frozen=True)
class Typed:
    """An operand with its kind; a literal has a token instead, until it is known what it stands beside."""

    at: tree.At
    node: tree.Operand | None = None
    kind: Kind = _BYTES
    literal: Token | None = None


def parse(expression: str, schema: _engine.Schema | None = None) -> tree.Test:
    """Return the tree of a display filter, typed by a schema; `FilterError` says what is wrong, where, and which field may be meant."""
    schema = schema or schemas.current()
    return named.listening(_Parser(expression, schema).whole(), expression, schema)


class _Parser(Grammar):
    def __init__(self, expression: str, schema: _engine.Schema) -> None:
        self.expression, self.schema = expression, schema
        self.tokens = tokens(expression)
        self.protocols = frozenset(schema.protocols())

    def unexpected(self, token: Token) -> str:
        if token.text in (")", "}"):
            return f"{token.text!r} closes nothing"
        if token.kind == "word" and token.text.startswith("-"):
            return "a minus needs a space in front of it and behind it"
        return f"{token.text!r} is not expected here; an operator such as == or and is"

    def test(self) -> tree.Test:
        if opened := self.take("("):
            self.deeper()
            found = self.either()
            self.need(")", opened)
            self.depth -= 1
            return found
        return self.relation()

    def relation(self) -> tree.Test:
        over = self.take("any", "all")
        left = self.operand()
        token = self.here
        negative = token.text == "not" and self.tokens[self.place + 1].text == "in"
        self.place += negative
        if self.take("in"):
            found = self.membership(left, "all" if over and over.text == "all" else "any")
            return tree.Not(found) if negative else found
        if token.kind in ("sign", "word") and (token.text in _COMPARISONS or token.text in ("contains", "matches", "~")):
            return self.comparisons(left, over.text if over else None)
        if over:
            raise self.error(f"{over.text!r} needs a comparison", over.at)
        return self.alone(left)

    def alone(self, left: Typed) -> tree.Test:
        if left.node is None:
            raise self.unknown(left)
        return tree.Truth(left.node) if isinstance(left.node, (tree.Binary, tree.Negative)) else tree.Exists(left.node)

    def comparisons(self, left: Typed, over: str | None) -> tree.Test:
        """Read comparisons; of several in a row each operand is compared with the next."""
        tests: list[tree.Test] = []
        while True:
            token = self.here
            if token.kind not in ("sign", "word"):
                break
            if token.text in _COMPARISONS:
                self.place += 1
                relation, default = _COMPARISONS[token.text]
                right = self.operand()
                tests.append(self.compare(relation, left, right, _over(over, default)))
            elif token.text in ("contains", "matches", "~"):
                self.place += 1
                right = self.operand()
                make = self.contains if token.text == "contains" else self.matches
                tests.append(make(left, right, _over(over, "any")))
            else:
                break
            left = right
            self.one_more()
        return tests[0] if len(tests) == 1 else tree.And(tests)

    def compare(self, relation: tree.Relation, left: Typed, right: Typed, over: tree.Over) -> tree.Test:
        if left.node is None and right.node is None:
            raise self.unknown(left)
        if left.node is None:
            left, right, relation = right, left, _FLIPPED[relation]
        assert left.node is not None
        if right.node is not None:
            self.alike(left, right)
            return tree.Compare(relation, left.node, right.node, over)
        values = self.values(right, left.kind)
        if len(values) == 1:
            return tree.Compare(relation, left.node, values[0], over)
        if relation not in ("eq", "ne"):
            raise self.error("the label stands for several numbers", right.at)
        # A label of several numbers: one of them, or none of them.
        if relation == "eq":
            return tree.In(left.node, tuple((value, value) for value in values), over)
        return tree.And([tree.Compare("ne", left.node, value, over) for value in values])

    def contains(self, left: Typed, right: Typed, over: tree.Over) -> tree.Test:
        node = self.searched(left, "contains")
        if right.node is not None:
            return tree.Contains(node, self.searched(right, "contains"), over)
        return tree.Contains(node, self.values(right, replace(left.kind, name="bytes" if left.kind.name == "mac" else left.kind.name))[0], over)

    def matches(self, left: Typed, right: Typed, over: tree.Over) -> tree.Test:
        node = self.searched(left, "matches")
        if right.literal is None or right.literal.kind != "text":
            raise self.error("matches needs a regular expression in double quotes on its right", right.at)
        return tree.Matches(node, pattern(right.literal.value), over=over, at=right.at)

    def searched(self, operand: Typed, word: str) -> tree.Operand:
        if operand.node is None:
            raise self.unknown(operand)
        if operand.kind.family != "bytes":
            hint = "; string(…) makes a text of it" if operand.kind.name in ("uint", "int", "ip4", "ip6") else ""
            raise self.error(f"{word} searches texts and bytes, and {operand.kind.title or 'this'} is neither{hint}", operand.at)
        return operand.node

    def membership(self, left: Typed, over: tree.Over) -> tree.Test:
        if left.node is None:
            raise self.unknown(left)
        opened = self.take("{")
        if not opened:
            raise self.error("a set is written in braces: in {80, 443, 8000..8100}", self.here.at)
        if plain := listed(left.kind, self.expression, opened.at[1]):
            self.tokens.go_on(self.place, tokens(self.expression, plain.end))
            self.need("}", opened)
            return tree.In(left.node, (), over, tuple(plain.numbers), tuple(plain.texts))
        ranges: list[tuple[tree.Operand, tree.Operand]] = []
        while True:
            low = self.member(left)
            if dots := self.take(".."):
                high = self.member(left)
                if len(low) > 1 or len(high) > 1:
                    raise self.error("a label of several numbers is no end of a range", dots.at)
                ranges.append((low[0], high[0]))
            else:
                ranges.extend((value, value) for value in low)
            if not self.take(","):
                break
        self.need("}", opened)
        return tree.In(left.node, tuple(ranges), over)

    def member(self, left: Typed) -> list[tree.Operand]:
        # Lists are long: what is one token is not looked at as if it were reckoned with.
        alone = self.here.kind in ("word", "text", "character") and self.tokens[self.place + 1].text in (",", "}", "..")
        found = self.primary() if alone else self.operand()
        if found.node is None:
            return self.values(found, left.kind)
        self.alike(left, found)
        return [found.node]

    # Operands.

    def operand(self) -> Typed:
        found, chain = self.sum(), 0
        while sign := self.take("&", "bitwise_and"):
            self.chained(chain := chain + 1, sign.at)
            found = self.binary("and", found, self.sum(), sign)
        return found

    def sum(self) -> Typed:
        found, chain = self.product(), 0
        while sign := self.take(*_SUMS):
            self.chained(chain := chain + 1, sign.at)
            found = self.binary(_SUMS[sign.text], found, self.product(), sign)
        return found

    def product(self) -> Typed:
        found, chain = self.unary(), 0
        while sign := self.take(*_PRODUCTS):
            self.chained(chain := chain + 1, sign.at)
            found = self.binary(_PRODUCTS[sign.text], found, self.unary(), sign)
        return found

    def binary(self, operator: tree.Operator, left: Typed, right: Typed, sign: Token) -> Typed:
        at = (left.at[0], right.at[1])
        if left.node is None and right.node is None:
            # Two literals: only numbers can be reckoned with before anything is known.
            left = self.as_number(left)
        kind = left.kind if left.node is not None else right.kind
        one = left.node if left.node is not None else self.single(left, kind)
        other = right.node if right.node is not None else self.single(right, kind)
        if left.node is not None and right.node is not None:
            self.alike(left, right)
        if kind.family == "bytes" and operator != "and":
            raise self.error(f"{sign.text!r} is for numbers", at)
        if kind.name in ("bool", "ip6") or (kind.name == "ip4" and operator != "and"):
            raise self.error(f"{sign.text!r} is not for {kind.title or 'these values'}", at)
        wide = kind if kind.family == "bytes" else replace(kind, width=8, labels={})
        return Typed(at, tree.Binary(operator, one, other), replace(wide, name="bytes") if kind.family == "bytes" else wide)

    def unary(self) -> Typed:
        if minus := self.take("-"):
            self.deeper()
            of = self.unary()
            self.depth -= 1
            if of.node is None:
                of = self.as_number(of)
            if of.kind.family not in ("uint", "seconds"):
                raise self.error("a minus is for numbers", minus.at)
            assert of.node is not None
            return Typed((minus.at[0], of.at[1]), tree.Negative(of.node), Kind("int"))
        if opened := self.take("{"):
            self.deeper()
            found = self.operand()
            closed = self.need("}", opened)
            self.depth -= 1
            return replace(found, at=(opened.at[0], closed.at[1]))
        return self.sliced(self.primary())

    def primary(self) -> Typed:
        token = self.here
        if token.kind in ("text", "character"):
            self.place += 1
            return Typed(token.at, literal=token)
        if token.kind == "end":
            raise self.error("the expression ends where a field or value is needed", (max(0, token.at[0] - 1), max(1, token.at[1])))
        if token.kind != "word" or token.text in _WORDS:
            raise self.error(f"{token.text!r} stands where a field or value is needed", token.at)
        self.place += 1
        if self.here.text == "(" and self.here.kind == "sign":
            return self.call(token)
        layers: tuple[tree.Piece, ...] = ()
        at, name = token.at, named.present(token.text, self.protocols)
        kind = self.field(name)
        if self.here.kind == "layers":
            if kind is None:
                raise self.unknown(Typed(token.at, literal=token))
            layers, at = self.here.pieces, (at[0], self.here.at[1])
            self.place += 1
        if kind is None:
            return Typed(at, literal=token)
        if kind.name == "protocol":
            return Typed(at, tree.Protocol(name, token.at, layers), kind)
        if kind.name == "payload":
            return Typed(at, tree.Protocol(name.removesuffix(_PAYLOAD), token.at, layers, payload=True), replace(kind, name="bytes"))
        return Typed(at, tree.Field(name, token.at, layers), kind)

    def field(self, name: str) -> Kind | None:
        """Return the kind of a field or protocol, None for what is neither."""
        if name == "frame" or name in self.protocols:
            return Kind("protocol", title=name)
        found = self.schema.field(name)
        if found:
            return Kind(*found, title=name)
        # What a layer carries is no field of its own: tcp.payload, udp.payload.
        return Kind("payload", title=name) if name.endswith(_PAYLOAD) and name.removesuffix(_PAYLOAD) in self.protocols else None

    def sliced(self, found: Typed) -> Typed:
        chain = 0
        while self.here.kind == "slice":
            token = self.here
            self.chained(chain := chain + 1, token.at)
            self.place += 1
            if found.node is None:
                raise self.unknown(found)
            if found.kind.family not in ("bytes", "ip4", "ip6"):
                raise self.error(f"{found.kind.title or 'a number'} is neither bytes nor text, and has no slices", found.at)
            kind = found.kind if found.kind.name == "text" else Kind("bytes", title="")
            found = Typed((found.at[0], token.at[1]), tree.Slice(found.node, token.pieces), kind)
        return found

    def call(self, name: Token) -> Typed:
        function = _FUNCTIONS.get(name.text)
        if function is None:
            hint = suggest(name.text, _FUNCTIONS) or f"; there are {', '.join(_FUNCTIONS)}"
            raise self.error(f"no function {name.text!r}{hint}", name.at)
        opened = self.take("(")
        assert opened is not None
        self.deeper()
        arguments = [self.operand()]
        while self.take(","):
            arguments.append(self.operand())
        closed = self.need(")", opened)
        self.depth -= 1
        at = (name.at[0], closed.at[1])
        several = function in ("max", "min")
        if len(arguments) > 1 and not several:
            raise self.error(f"{name.text} takes one argument", at)
        first = next((argument for argument in arguments if argument.node is not None), None)
        if first is None:
            raise self.unknown(arguments[0])
        nodes = []
        for argument in arguments:
            if argument.node is not None:
                self.alike(first, argument)
            nodes.append(argument.node if argument.node is not None else self.single(argument, first.kind))
        if function == "len" and first.kind.name in ("ip4", "ip6"):
            # The size of an address is that of its bytes.
            return Typed(at, tree.Call(function, (tree.Slice(nodes[0], (_WHOLE,)),)), _NUMBER)
        return Typed(at, tree.Call(function, tuple(nodes)), self.result(name.text, first))

    def result(self, name: str, of: Typed) -> Kind:
        family, title = of.kind.family, of.kind.title or "this"
        if name in ("len", "upper", "lower") and family != "bytes" and not (name == "len" and of.kind.name in ("ip4", "ip6")):
            raise self.error(f"{name} is for texts and bytes, and {title} is neither", of.at)
        if name in ("upper", "lower") and of.kind.name != "text":
            raise self.error(f"{name} is for texts, and {title} is none", of.at)
        if name == "string" and of.kind.name in ("bool", "time", "seconds", "text", "bytes", "protocol"):
            raise self.error(f"string makes texts of numbers and addresses, and {title} is neither", of.at)
        if name == "abs" and family not in ("uint", "seconds"):
            raise self.error(f"abs is for numbers, and {title} is none", of.at)
        if name in ("len", "count"):
            return _NUMBER
        return Kind("text") if name in ("upper", "lower", "string") else replace(of.kind, labels={})

    # Types.

    def alike(self, left: Typed, right: Typed) -> None:
        if left.kind.family != right.kind.family:
            raise self.error(f"{left.kind.title or 'the left side'} and {right.kind.title or 'this'} cannot be compared", right.at)

    def as_number(self, operand: Typed) -> Typed:
        return replace(operand, node=self.single(operand, Kind("uint", title="a number")), kind=_NUMBER)

    def single(self, operand: Typed, kind: Kind) -> tree.Operand:
        found = self.values(operand, replace(kind, width=8) if kind.name in ("uint", "int") else kind)
        if len(found) > 1:
            raise self.error("the label stands for several numbers", operand.at)
        return found[0]

    def values(self, operand: Typed, kind: Kind) -> list[tree.Operand]:
        """Return what a literal stands for beside a field of this kind."""
        token = operand.literal
        assert token is not None
        try:
            quoted = token.value if token.kind == "text" else None
            return literal(kind, token.text, quoted, token.value if token.kind == "character" else None)
        except LiteralError as error:
            if token.kind == "word" and "." in token.text and token.text[:1].isalpha() and not token.text[-1:].isdigit():
                raise self.unknown(operand) from None
            raise self.error(str(error), operand.at) from None

    def unknown(self, operand: Typed) -> FilterError:
        """Return the error for what stands where a field is needed, with the names that may have been meant."""
        token = operand.literal
        assert token is not None
        if token.kind != "word" or not token.text[:1].isalpha():
            return self.error(f"{token.text} is a value where a field is needed", operand.at)
        name, _, tail = token.text.partition("-")
        if tail and self.field(name):
            return self.error("a minus needs a space in front of it and behind it", operand.at)
        known = [column["name"] for column in self.schema.columns()]
        if "." not in token.text:
            return self.error(f"unknown protocol {token.text!r}{suggest(token.text, [*self.protocols, *known])}", operand.at)
        error = schemas.unknown(token.text, self.schema)
        return self.error(str(error), operand.at)


def _over(word: str | None, default: tree.Over) -> tree.Over:
    return default if word is None else "all" if word == "all" else "any"
