"""What the two languages of filters have in common: stepping over tokens, and `or`, `and`, `not` around tests. What a test is, each says itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unwire.errors import FilterError
from unwire.filters import tree

#: Parentheses, nots and functions in one another at most.
MOST_DEEP = 40
#: Nots in a row, tests, and operators in a row at most: what is beyond the engine's own bounds need not be read to its end.
MOST_NOTS = 10_000
MOST_TESTS = 65_535
MOST_OPERATORS = 100


class Tokens:
    """Tokens that are made when they are looked at: of an expression that goes wrong at its beginning the rest is not read."""

    def __init__(self, made: Iterator[Any]) -> None:
        self._made = made
        self._known: list[Any] = []
        self._wrong: FilterError | None = None

    def __getitem__(self, number: int) -> Any:
        while number >= len(self._known):
            if self._wrong is not None:  # who tries another reading comes by here again
                raise self._wrong
            try:
                self._known.append(next(self._made))
            except FilterError as error:
                self._wrong = error
                raise
        return self._known[number]

    def go_on(self, number: int, others: Tokens) -> None:
        """Have others from this number on: what stands between was read in another way."""
        del self._known[number:]
        self._made = others._made


class Grammar:
    """A parser of the outer levels; a language derives from it and gives `test`."""

    expression: str
    #: What stands there, with an end; each has `kind`, `text` and `at`.
    tokens: Tokens
    place = 0
    depth = 0
    tests = 0

    @property
    def here(self) -> Any:
        """The token that is next."""
        return self.tokens[self.place]

    def take(self, *texts: str) -> Any:
        """Step over a sign or word, if it is one of these."""
        token = self.here
        if token.kind in ("sign", "word") and token.text in texts:
            self.place += 1
            return token
        return None

    def need(self, text: str, opened: Any = None) -> Any:
        """Step over a sign that must be there, to close another perhaps."""
        if found := self.take(text):
            return found
        what = "the expression ends" if self.here.kind == "end" else f"{self.here.text!r} stands"
        why = f" to close {opened.text!r}" if opened else ""
        raise self.error(f"{what} where {text!r} is needed{why}", self.here.at)

    def error(self, reason: str, at: tree.At) -> FilterError:
        """Return the error of a place."""
        return FilterError(reason, self.expression, at)

    def deeper(self) -> None:
        """Take note of one more level."""
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise self.error(f"more than {MOST_DEEP} levels of parentheses, nots or functions", self.here.at)

    def one_more(self) -> None:
        """Take note of one more test."""
        self.tests += 1
        if self.tests > MOST_TESTS:
            raise self.error(f"more than {MOST_TESTS:,} tests", self.here.at)

    def chained(self, operators: int, at: tree.At) -> None:
        """Take note of so many operators in a row."""
        if operators > MOST_OPERATORS:
            raise self.error(f"more than {MOST_OPERATORS} operators in a row", at)

    def whole(self) -> tree.Test:
        """Read everything."""
        if self.here.kind == "end":
            raise self.error("the expression is empty", (0, max(1, len(self.expression))))
        found = self.either()
        if self.here.kind != "end":
            raise self.error(self.unexpected(self.here), self.here.at)
        return found

    def unexpected(self, token: Any) -> str:
        """Say what is wrong with a token behind the end."""
        return f"{token.text!r} is not expected here"

    def either(self) -> tree.Test:
        """Read tests with ``or`` between them."""
        tests = [self.both()]
        while self.take("or", "||"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else tree.Or(tests)

    def both(self) -> tree.Test:
        """Read tests with ``and`` between them."""
        tests = [self.negated()]
        while self.take("and", "&&"):
            tests.append(self.negated())
        return tests[0] if len(tests) == 1 else tree.And(tests)

    def negated(self) -> tree.Test:
        """Read a test with any number of ``not`` before it."""
        nots = 0
        while found := self.take("not", "!"):
            nots += 1
            if nots > MOST_NOTS:
                raise self.error(f"more than {MOST_NOTS:,} nots in a row", found.at)
        self.one_more()
        found = self.test()
        return tree.Not(found) if nots % 2 else found

    def test(self) -> tree.Test:
        """Read a test; the language's own."""
        raise NotImplementedError
