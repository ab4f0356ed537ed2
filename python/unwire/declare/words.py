"""The words a protocol is written in: what stands on the right-hand side of a field, and `by` and `stop` for links.

Each word makes a small record of what was said. Nothing here checks one word against another (layers.py does, when the class is made)
and nothing reads a byte (the engine does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as _attribute
from typing import Any

Expression = str | int


@dataclass
class Spec:
    """One field as it was declared: the word, what the word was given, and what every field can have."""

    word: str
    column: str | None = None
    default: Any = None
    also: tuple[str, ...] = ()
    names: Mapping[int, str] | None = None
    base: str | None = None
    must: Expression | None = None
    expect: Expression | None = None
    order: str | None = None
    whole: bool = False
    shown: Any = None
    given: dict[str, Any] = _attribute(default_factory=dict)


def _spec(word: str, column: str | None, default: Any, given: dict[str, Any], options: dict[str, Any]) -> Any:
    also = options.pop("also", ())
    return Spec(word, column, default, (also,) if isinstance(also, str) else tuple(also), given=given, **options)


def field(default: Any = None, column: str | None = None, **options: Any) -> Any:
    """A value of the annotated wire type: an integer in the class's byte order, an address.

    Options, shared by all words that make a column: `also` (further column names, such as ``tcp.port``), `names` ({number: label}),
    `base` (``"hex"``: text output shows the number in hexadecimal, zero-padded, as Wireshark does), `must` (an expression; false means that
    this is not the protocol), `expect` (false ends the walk after this layer), `order` (``"little"`` or ``"big"``, against the class's), `shown` (a
    `Shown`: what the attribute shows for the value).
    """
    return _spec("field", column, default, {}, options)


def bits(
    n: int, default: int | None = None, column: str | None = None, *, of: str | None = None, value: Expression | None = None, **options: Any
) -> Any:
    """The next `n` bits, high first, of the integer field above. Annotated `flag` (or `bool`), a single bit is a boolean column; annotated
    u8 … the column has that width, annotated `int` the narrowest that holds it. With `of` they state a size, as a `length` does.
    """
    return _spec("bits", column, default, {"n": n} if of is None else {"n": n, "length": {"of": of, "value": value}}, options)


def length(default: int | None = None, column: str | None = None, *, of: str, value: Expression | None = None, **options: Any) -> Any:
    """An integer that states a size: of ``"layer"``, ``"header"``, ``"part"`` or of the field named.

    `value` is the number written when built, an expression in which `size` is the size stated; left out, it is that size.
    """
    return _spec("field", column, default, {"length": {"of": of, "value": value}}, options)


def checksum(
    default: int | None = None,
    column: str | None = None,
    *,
    how: str,
    over: Expression = "layer",
    zero: str | None = None,
    pseudo: bool = False,
    **options: Any,
) -> Any:
    """A checksum field; its verdict is one more column, ``<column>.status`` (0 bad, 1 good, 2 unverified, 3 not present, 4 illegal).

    `how` is ``inet`` (RFC 1071), ``crc32c`` (RFC 9260), ``crc32`` or ``fletcher`` (ISO 8473); `over` is ``"layer"``, ``"header"``, ``"before"``
    (all that stands before the checksum), or an expression giving the number of bytes from the layer's start. ``zero="absent"``: a zero on the
    wire means that none was sent.
    `pseudo`: the pseudo header of the nearest layer below that declares one is summed too.
    """
    return _spec("field", column, default, {"checksum": {"how": how, "over": over, "zero": zero, "pseudo": pseudo}}, options)


def raw(size: Expression, default: bytes | None = None, column: str | None = None, **options: Any) -> Any:
    """Bytes: as many as the expression says, ``"rest"`` for all that is left, ``"zero"`` up to and with a NUL.

    Of most, what was cut off is missing; with ``whole=True`` there is no object without all of them.
    """
    return _spec("raw", column, default, {"size": size}, options)


def text(size: Expression, default: str | None = None, column: str | None = None, **options: Any) -> Any:
    """Text (UTF-8; what is not shows U+FFFD): sizes as for `raw`; the value ends at the first NUL."""
    return _spec("text", column, default, {"size": size}, options)


def when(condition: Expression, then: Any = None) -> Any:
    """A field that is there only if the condition holds; `then` is its word, or its type, or nothing for the annotated type."""
    return Spec("when", given={"condition": condition, "then": then})


def switch(key: Expression, cases: Mapping[int, Any], default: Any = None, column: str | None = None, *, initial: Any = None, **options: Any) -> Any:
    """One type of several, chosen by the key: closed, unlike a link. A key without a case takes `default`; None is no bytes.

    `initial` is the value in a new packet.
    """
    return _spec("switch", column, initial, {"key": key, "cases": dict(cases), "default": default}, options)


def repeat(
    item: Any,
    column: str | None = None,
    *,
    count: Expression | None = None,
    size: Expression | None = None,
    until: Expression | None = None,
    each: str | None = None,
    pad: int | None = None,
    **options: Any,
) -> Any:
    """A list of `item` (a Part class, a type, or a word): `count` of them, as many as fill `size` bytes, up to the one for which `until`
    holds, one for `each` set bit of a field (its link key is the bit's number), or as many as are left.

    `pad` rounds each item up to a multiple of that many bytes.
    """
    given = {"item": item, "count": count, "size": size, "until": until, "each": each, "pad": pad}
    return _spec("repeat", column, None, given, options)


def pad(n: int) -> Any:
    """Padding up to a multiple of `n` bytes, counted from the start of the layer or part."""
    return Spec("pad", given={"n": n})


def payload(size: Expression) -> Any:
    """Where the payload sits if it is not last, and its size; the fields below it are a trailer."""
    return Spec("payload", given={"size": size})


def reading(of: str, type: Any, column: str | None = None, **options: Any) -> Any:
    """A typed second reading of bytes that the field `of` has already declared."""
    return _spec("reading", column, None, {"of": of, "type": type}, options)


def column(expression: Expression, name: str | None = None, *, letters: str | None = None, **options: Any) -> Any:
    """A computed, read-only column. Annotated `bool` it is a boolean, annotated u8 … that width, else a 64-bit integer.

    With `letters` it is text: one for each of the lowest bits, the highest first, and a ``·`` for those that are not set.
    """
    return _spec("column", name, None, {"expression": expression, "letters": letters}, options)


def native(item: str, column: str | None = None, **options: Any) -> Any:
    """What the decoder that the class names (``native="dns"``) finds under `item`, read-only; annotated ``list[…]`` where it may be several."""
    return _spec("native", column, None, {"item": item}, options)


@dataclass(frozen=True)
class Link:
    """Where a payload is looked up: keys in a number space."""

    keys: tuple[Expression, ...]
    space: str | None
    when: Expression | None = None
    strict: bool = False
    quoted: bool = False
    weak: bool = False
    via: str | None = None
    stop: str | None = None


def by(
    key: Expression | tuple[Expression, ...],
    space: str,
    *,
    when: Expression | None = None,
    strict: bool = False,
    quoted: bool = False,
    via: str | None = None,
) -> Link:
    """Look the payload up in `space` under `key`. A tuple of one or two keys only suggests (ports do): the lowest key first, and the answer
    holds only if the class's `must` tests do.

    `strict`: what the payload fails at, this layer fails at. `quoted`: the payload is quoted (an ICMP error's datagram), not carried.
    `via`: a pseudo protocol that `frame.protocols` shows when the link is followed, such as ``ethertype``.
    """
    weak = isinstance(key, tuple)
    return Link(key if isinstance(key, tuple) else (key,), space, when, strict, quoted, weak, via)


def stop(reason: str, *, when: Expression | None = None) -> Link:
    """End the walk here with a reason (``"fragment"``, ``"encrypted"``) instead of looking the payload up."""
    return Link((), None, when, stop=reason)
