"""The words of Pktt's language: its tokens, its names for layers and of what a record has. Its names for what layers tell stand in their
declarations; protocols that Pktt does not know go by the names that they are declared with. The grammar is in pktt.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from unwire._engine import Schema
from unwire.errors import FilterError
from unwire.filters.grammar import Tokens
from unwire.filters.tree import At, Binary, Field, Number, Operand, Protocol

#: Characters of an expression.
MOST = 1 << 16

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>[rRbBuU]{0,2}(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
      | (?P<number>0[xX][0-9a-fA-F]+[lL]? | 0[bB][01]+[lL]? | 0[oO][0-7]+[lL]? | (?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)? [lL]?)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign><<|>>|==|!=|<>|<=|>=|//|\*\*|&&|\|\||[-+*/%&|^~<>()\[\],.!])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "'": "'", '"': '"', "\n": ""}


class Token(NamedTuple):
    """A token: `kind` is word, text, number, sign or end; `value` what a text or number stands for."""

    kind: str
    text: str
    at: At
    value: str | int | float = 0


def tokens(expression: str) -> Tokens:
    """Return the tokens of an expression, with one at its end; what is none raises `FilterError` when it is looked at."""
    if len(expression) > MOST:
        raise FilterError("the expression is too long", expression[:80], (0, 80))
    return Tokens(_tokens(expression))


def _tokens(expression: str) -> Iterator[Token]:
    at = 0
    while at < len(expression):
        one = _TOKEN.match(expression, at)
        if one is None:
            what = "a text that is not closed" if expression[at] in "'\"" else f"{expression[at]!r} begins nothing"
            raise FilterError(what, expression, (at, at + 1))
        kind, place = one.lastgroup or "", (at, one.end())
        at = one.end()
        if kind == "text":
            yield Token(kind, one[0], place, _text(one[0]))
        elif kind == "number":
            yield Token(kind, one[0], place, _number(one[0].rstrip("lL"), expression, place))
        elif kind != "space":
            yield Token(kind, one[0], place)
    yield Token("end", "", (len(expression), len(expression)))


def _number(text: str, expression: str, at: At) -> int | float:
    if len(text) > 40:
        raise FilterError("the number is too long", expression, at)
    low = text.lower()
    if low[:2] in ("0x", "0b", "0o"):
        return int(low, 0)
    if low.isdigit():
        # Python 2's octal.
        return int(low, 8) if len(low) > 1 and low[0] == "0" and not set(low) & set("89") else int(low)
    return float(low)


def _text(literal: str) -> str:
    quote = next(index for index, character in enumerate(literal) if character in "'\"")
    inside = literal[quote + 1 : -1]
    if "r" in literal[:quote].lower():
        return inside

    def meant(found: re.Match[str]) -> str:
        if found[1] or found[3]:
            return chr(int(found[1] or found[3], 16))
        if found[2]:
            return chr(int(found[2], 8) & 0xFF)
        # What is no escape is itself, as in Python: '192\.168'.
        return _NAMED.get(found[4], found[0])

    return _ESCAPE.sub(meant, inside)


#: Layers that Pktt knows and nobody declares yet, which an expression may wait for.
WAITING = ("rpc", "nfs", "mount", "portmap", "nlm", "rpcordma", "ib", "ntp", "dns", "krb", "gssd", "gssc", "erf")

#: What a record has under Pktt's names. Those of layers stand in their declarations (`aliases`), written alike: a column, `name//n` and `name-n`
#: for what is made of one, `layer:` for the bytes that a layer carries.
_RECORD = {
    "frame": "frame.number", "index": "frame.number-1", "seconds": "frame.time_epoch//1000000000", "usecs": "frame.time_epoch%1000000000//1000",
    "length_inc": "frame.cap_len", "length_orig": "frame.len", "secs": "frame.time_epoch", "rsecs": "frame.time_epoch-first",
}  # fmt: skip

#: The layers that a name of Pktt's stands for, in Wireshark's names.
LAYERS = {"ethernet": ("eth",), "ip": ("ip", "ipv6"), "rarp": ("arp",), "record": ("frame",)}


def attributes(schema: Schema, layer: str) -> dict[str, tuple[str, ...]]:
    """Return what Pktt's attributes of a layer may be, by their names."""
    if layer == "record":
        return {name: (spelled,) for name, spelled in _RECORD.items()}
    made: dict[str, tuple[str, ...]] = {}
    for protocol in LAYERS.get(layer, (layer,)):
        for name, spelled in schema.aliases(protocol).items():
            made[name] = (*made.get(name, ()), *(() if spelled in made.get(name, ()) else (spelled,)))
    return made


def operands(schema: Schema, layer: str, attribute: str, at: At, first: int, nth: int = 0) -> list[Operand]:
    """Return the operands that an attribute may be, none if Pktt has no such; `first` is the time of the trace's first packet in ns, `nth` the
    place in a list.
    """
    known = attributes(schema, layer)
    spelled = known.get(attribute) or next((words for name, words in known.items() if name.lower() == attribute.lower()), ())
    return [_operand(word, at, first, nth) for word in spelled]


def _operand(word: str, at: At, first: int, nth: int) -> Operand:
    name, *steps = re.split(r"(//|[-%])", word)
    if name.endswith(":"):
        return Protocol(name[:-1], at, payload=True)
    # The first layer of a name is the one that `packet.ip` is.
    made: Operand = Field(name, at, nth=nth)
    for sign, number in zip(steps[::2], steps[1::2], strict=True):
        value = first if number == "first" else int(number)
        made = Binary({"//": "div", "-": "sub", "%": "rem"}[sign], made, Number(value))  # type: ignore[arg-type]
    return made
