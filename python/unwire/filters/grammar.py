"""What the two languages of filters have in common: stepping over tokens, and `or`, `and`, `not` around tests. What a test is, each says itself."""

from __future__ import annotations

from typing import Any

from unwire.errors import FilterError
from unwire.filters import tree

#: Parentheses, nots and functions in one another at most.
MOST_DEEP = 40


class Grammar:
    """A parser of the outer levels; a language derives from it and gives `test`."""

    expression: str
    #: What stands there, with an end; each has `kind`, `text` and `at`.
    tokens: list[Any]
    place = 0
    depth = 0

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
        negative = False
        while self.take("not", "!"):
            negative = not negative
        found = self.test()
        return tree.Not(found) if negative else found

    def test(self) -> tree.Test:
        """Read a test; the language's own."""
        raise NotImplementedError
