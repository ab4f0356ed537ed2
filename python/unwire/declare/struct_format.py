"""dpkt's spelling of a declaration, `__hdr__`, `__byte_order__` and `__bit_fields__`, read as the same words. Nothing else is known of dpkt here."""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Iterator
from typing import Any

from unwire.declare import types
from unwire.declare.errors import DeclarationError
from unwire.declare.shown import Shown
from unwire.declare.words import bits, field, raw

_NATIVE = "<" if sys.byteorder == "little" else ">"
#: The byte orders that `struct` has signs for.
ORDERS = {"<": "little", ">": "big", "!": "big", "=": sys.byteorder, "@": sys.byteorder}
_UNSIGNED = {1: types.u8, 2: types.u16, 4: types.u32, 8: types.u64}
_SIGNED = {1: types.i8, 2: types.i16, 4: types.i32, 8: types.i64}


def spelled(cls: type) -> tuple[str, list[tuple[str, str, Any]]] | None:
    """The sign of the byte order and the header of a class that is declared in dpkt's spelling, by itself or by the class it derives from."""
    own = cls.__dict__
    if "__hdr__" not in own and any(not name.startswith("__") for name in own.get("__annotations__", ())):
        return None
    base = getattr(cls.__mro__[1], "__spelling__", None)
    if "__hdr__" in own:
        # In unwire's own words the order has a name.
        named = {"little": "<", "big": ">"}.get(getattr(cls.__mro__[1], "__layer__", {}).get("order", "big"))
        order = str(own.get("__byte_order__") or (base[0] if base else named))
        return order, list(own["__hdr__"])
    return (own.get("__byte_order__", base[0]), base[1]) if base else None


def fields_of_hdr(cls: Any, hints: dict[str, Any]) -> bool:
    """Turn a header in dpkt's spelling into fields: their words go on the class, their types into `hints`. True if the class has one of its own."""
    cls.__spelling__ = spelled(cls)
    if cls.__spelling__ is None or not {"__hdr__", "__byte_order__"} & cls.__dict__.keys():
        return False
    order, header = cls.__spelling__
    if order not in ORDERS:
        raise DeclarationError(f"{cls.__name__}: __byte_order__ is one of {' '.join(ORDERS)}, not {order!r}")
    inside = getattr(cls, "__bit_fields__", {})
    found: dict[str, Any] = {}
    for name, hint, word in _aligned(cls.__name__, order, header):
        found[name] = hint
        setattr(cls, name, word)
        left = sum(width for _, width in inside.get(name, ()))
        for bit_name, width in inside.get(name, ()):
            left -= width
            found[bit_name] = int
            setattr(cls, bit_name, bits(width, (word.default or 0) >> left & (1 << width) - 1))
    hints.update({**found, **hints})
    return True


def speaks_of(tree: Any, names: set[str]) -> bool:
    """True if an expression, or anything that holds some, uses one of the names."""
    if isinstance(tree, dict | list):
        return any(speaks_of(one, names) for one in (tree.values() if isinstance(tree, dict) else tree))
    return tree in names


def _aligned(owner: str, order: str, header: list[tuple[str, str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Names, types and words of the fields; where numbers lie as in memory (``@``), with the bytes between them."""
    at = 0
    for name, code, default in header:
        place = f"{owner}.{name}"
        try:
            size = struct.calcsize(order + code)
            start = struct.calcsize(f"{order}{at}x{code}") - size
        except struct.error as error:
            raise DeclarationError(f"{place}: struct has no format {code!r}: {error}") from None
        if start > at:
            yield f"_pad{at}", bytes, raw(start - at)
        at = start + size
        yield name, *_field(place, order, code, size, default)


def _field(place: str, order: str, code: str, size: int, default: Any) -> tuple[Any, Any]:
    """The type and the word of one field."""
    if re.fullmatch(r"[BHILQNbhilqn]", code):
        # A default of another type cannot be packed.
        given = int(default) if isinstance(default, int) else None
        if given is not None:
            _packed(place, order + code, (given,))
        return (_UNSIGNED if code.isupper() else _SIGNED)[size], field(given)
    if re.fullmatch(r"\d*s", code):
        return bytes, raw(size, default if isinstance(default, bytes) else None)
    values = len(struct.unpack(order + code, bytes(size)))
    if values == 0:
        return bytes, raw(size)
    # Floats, truth values, characters, and several numbers under one name, which dpkt packs but cannot read: as struct has them.
    together = default if isinstance(default, tuple | list) and values > 1 else (default,)
    return bytes, raw(size, _packed(place, order + code, together), shown=_as_struct(place, order + code, values))


def _packed(place: str, code: str, values: Any) -> bytes:
    try:
        return struct.pack(code, *values)
    except struct.error as error:
        raise DeclarationError(f"{place}: its default {values[0] if len(values) == 1 else values!r} does not fit {code[1:]!r}: {error}") from None


def _as_struct(place: str, code: str, values: int) -> Shown:
    def read(value: bytes) -> Any:
        found = struct.unpack(code, value) if len(value) == struct.calcsize(code) else ()
        return found[0] if values == 1 and found else found

    def write(value: Any) -> bytes:
        try:
            return struct.pack(code, *(value if values > 1 else (value,)))
        except (struct.error, TypeError) as error:
            from unwire.declare.options import errors

            raise errors().PackError(f"{place}: {error}") from None

    return Shown(read, write)
