"""The errors that unwire raises beside Python's own. No logic."""

from __future__ import annotations

import struct

#: Characters of a sentence that says what is wrong with a filter.
_LONG = 400


class UnwireError(Exception):
    """What all errors of unwire's own have in common."""


class UnknownField(UnwireError, KeyError):
    """A field was asked for that no protocol declares; the message suggests the nearest names."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class FilterError(UnwireError, ValueError):
    """A filter that cannot be meant: `reason` says why, `expression` and `at` (first character, the one behind the last) where."""

    def __init__(self, reason: str, expression: str, at: tuple[int, int]) -> None:
        """Say what is wrong with which part of an expression."""
        if len(reason) > _LONG:  # it quotes something that is longer than anybody reads
            reason = f"{reason[: _LONG // 2]}…{reason[-_LONG // 2 :]}"
        super().__init__(reason, expression, at)
        self.reason, self.expression, self.at = reason, expression, at

    def __str__(self) -> str:
        start, end = self.at
        before = self.expression[:start].replace("\n", " ").replace("\t", " ")
        line = self.expression.replace("\n", " ").replace("\t", " ")
        # Of a long expression only what is around the place is shown.
        cut = max(0, len(before) - 60)
        shown = ("…" if cut else "") + line[cut : cut + 120]
        return f"{self.reason}\n  {shown}\n  {' ' * (len(before) - cut + bool(cut))}{'^' * max(1, min(end - start, 60))}"


class OneWayError(UnwireError, RuntimeError):
    """A second pass over a source that can be read only once, such as a pipe."""


class Error(UnwireError):
    """What a packet can raise; dpkt's name."""


class UnpackError(Error):
    """The bytes are not this protocol."""


class NeedData(UnpackError):
    """There are fewer bytes than the protocol's header has."""


class PackError(Error):
    """A value does not fit its field."""


class RangeError(PackError, struct.error):
    """A number that its field cannot hold; `struct.error` as well, because that is what dpkt lets through here."""
