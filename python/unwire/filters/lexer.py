"""The tokens of Wireshark's display-filter language, each with its place. What a word means is decided in display.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from unwire.errors import FilterError
from unwire.filters.grammar import Tokens
from unwire.filters.tree import At, Piece

#: Characters of an expression; lists of addresses are long, this is longer.
MOST = 1 << 20

_SPACE = re.compile(r"\s+")
#: A word: a field, a number, an address, bytes. A range's two dots end it, and a slash belongs to it only in front of a prefix.
_WORD = re.compile(r"(?:(?!\.\.)[\w.:-])+(?:/\d+)?", re.ASCII)
_SIGNS = ("===", "!==", "==", "!=", "~=", ">=", "<=", "&&", "||", "..", ">", "<", "!", "~", "&", "+", "-", "*", "/", "%", "(", ")", "{", "}", ",")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_RAW = re.compile(r'r"((?:[^"\\]|\\.)*)"', re.DOTALL)
_CHARACTER = re.compile(r"'((?:[^'\\]|\\.)+)'", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_NAMED = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b"\\": b"\\",
    b'"': b'"',
    b"'": b"'",
    b"0": b"\0",
}
_NUMBER = r"-?(?:0[xX][0-9a-fA-F]+|\d+)"
_PIECE = re.compile(rf"\s*(?:(?P<from>{_NUMBER})?\s*:\s*(?P<count>{_NUMBER})?|(?P<first>{_NUMBER})\s*-\s*(?P<last>{_NUMBER})|(?P<only>{_NUMBER}))\s*")
#: What is counted has fewer than this.
_LARGE = 1 << 31


class Token(NamedTuple):
    """A token: `kind` is word, text, character, sign, slice, layers or end; `value` is bytes for texts, pieces for slices and layers."""

    kind: str
    text: str
    at: At
    value: bytes = b""
    pieces: tuple[Piece, ...] = ()


def tokens(expression: str, at: int = 0) -> Tokens:
    """Return the tokens of an expression from a place on, with one at its end; what is none raises `FilterError` when it is looked at."""
    if len(expression) > MOST:
        raise FilterError("the expression is too long", expression[:80], (0, 80))
    return Tokens(_tokens(expression, at))


def _tokens(expression: str, at: int) -> Iterator[Token]:
    while at < len(expression):
        if space := _SPACE.match(expression, at):
            at = space.end()
            continue
        token = _next(expression, at)
        yield token
        at = token.at[1]
    yield Token("end", "", (len(expression), len(expression)))


def _next(expression: str, at: int) -> Token:
    here = expression[at]
    if raw := _RAW.match(expression, at):
        # In a raw text a backslash is itself; before a quote it only keeps that from ending the text.
        return Token("text", raw[0], raw.span(), raw[1].encode("utf-8", "surrogatepass"))
    if here == '"':
        if text := _STRING.match(expression, at):
            return Token("text", text[0], text.span(), _unescaped(text[1], expression, text.span()))
        raise FilterError("the text has no closing quote", expression, (at, len(expression)))
    if here == "'":
        if character := _CHARACTER.match(expression, at):
            value = _unescaped(character[1], expression, character.span())
            if len(value) != 1:
                raise FilterError("a character constant is one byte", expression, character.span())
            return Token("character", character[0], character.span(), value)
        raise FilterError("the character constant has no closing quote", expression, (at, len(expression)))
    if here == "[":
        return _pieces(expression, at, "slice")
    if here == "#":
        if number := re.compile(r"#\d+").match(expression, at):
            return Token("layers", number[0], number.span(), pieces=({"count": [_integer(number[0][1:], expression, number.span()), 1]},))
        if expression[at + 1 : at + 2] == "[":
            token = _pieces(expression, at + 1, "layers")
            return Token("layers", token.text, (at, token.at[1]), pieces=token.pieces)
        raise FilterError("a layer is a number: ip.src#2, ip.src#[1-2]", expression, (at, at + 1))
    # A minus in front of a word is an operator, in it a part of it: aa-bb-cc.
    if here != "-" and (word := _WORD.match(expression, at)):
        return Token("word", word[0], word.span())
    for sign in _SIGNS:
        if expression.startswith(sign, at):
            return Token("sign", sign, (at, at + len(sign)))
    if here == "=":
        raise FilterError("equality is written ==", expression, (at, at + 1))
    if here in "@$":
        raise FilterError(f"{here!r} needs a packet that is selected in a window; there is none here", expression, (at, at + 1))
    raise FilterError(f"{here!r} has no meaning here", expression, (at, at + 1))


def _pieces(expression: str, at: int, kind: str) -> Token:
    end = expression.find("]", at)
    if end < 0:
        raise FilterError("the bracket is not closed", expression, (at, len(expression)))
    pieces: list[Piece] = []
    start = at + 1
    for part in expression[start:end].split(","):
        place = (start, start + len(part))
        found = _PIECE.fullmatch(part)
        if not found:
            raise FilterError(
                "a slice is [start:length], [first-last], [start:], [:length] or [index]", expression, (place[0], max(place[1], place[0] + 1))
            )
        pieces.append(_piece(found, expression, place))
        start = place[1] + 1
    return Token(kind, expression[at : end + 1], (at, end + 1), pieces=tuple(pieces))


def _piece(found: re.Match[str], expression: str, place: At) -> Piece:
    number = {name: _integer(value, expression, place) for name, value in found.groupdict().items() if value is not None}
    if "only" in number:
        return {"count": [number["only"], 1]}
    if "first" in number:
        first, last = number["first"], number["last"]
        if (first < 0) != (last < 0) or last < first:
            raise FilterError("the last is before the first", expression, place)
        return {"to": [first, last]}
    if "count" not in number:
        return {"rest": number.get("from", 0)}
    if number["count"] <= 0:
        raise FilterError("the length is 1 or more", expression, place)
    return {"count": [number.get("from", 0), number["count"]]}


def _integer(text: str, expression: str, place: At) -> int:
    negative, digits = text.startswith("-"), text.removeprefix("-").lower()
    value = int(digits, 16) if digits.startswith("0x") else int(digits) if len(digits) < 12 else _LARGE
    if value >= _LARGE:
        raise FilterError("the number is too large for a place", expression, place)
    return -value if negative else value


def _unescaped(text: str, expression: str, place: At) -> bytes:
    def byte(found: re.Match[bytes]) -> bytes:
        octal, two, four, eight, other = found.groups()
        if octal:
            return bytes([int(octal, 8) & 0xFF])
        if two:
            return bytes([int(two, 16)])
        if four or eight:
            number = int(four or eight, 16)
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise FilterError(f"U+{number:04X} is no character", expression, place)
            return chr(number).encode()
        if other not in _NAMED:
            raise FilterError(f'\\{other.decode("utf-8", "replace")} is no escape; a backslash is written \\\\, or the text r"…"', expression, place)
        return _NAMED[other]

    return _ESCAPE.sub(byte, text.encode("utf-8", "surrogatepass"))
