"""dpkt's spelling of a declaration, `__hdr__`, `__byte_order__` and `__bit_fields__`, read as the same words. Nothing else is known of dpkt here."""

from __future__ import annotations

import re
import struct
from typing import Any

from unwire.declare import types
from unwire.declare.errors import DeclarationError
from unwire.declare.words import bits, field, raw

_INTEGERS = {
    "B": types.u8, "H": types.u16, "I": types.u32, "L": types.u32, "Q": types.u64,
    "b": types.i8, "h": types.i16, "i": types.i32, "l": types.i32, "q": types.i64,
}  # fmt: skip


def fields_of_hdr(cls: type, hints: dict[str, Any]) -> None:
    """Turn the class's own `__hdr__` into fields: their words go on the class, their types into `hints`."""
    header = cls.__dict__.get("__hdr__")
    if header is None:
        return
    inside = cls.__dict__.get("__bit_fields__", {})
    found: dict[str, Any] = {}
    for name, code, default in header:
        if code in _INTEGERS:
            found[name] = _INTEGERS[code]
            # A default of another type cannot be packed.
            setattr(cls, name, field(default if isinstance(default, int) else None))
        elif re.fullmatch(r"[BHILQbhilq]+", code):
            # Several numbers under one name: dpkt packs them, but cannot read them, so they are bytes.
            order = {"<": "<"}.get(cls.__dict__.get("__byte_order__", ">"), ">")
            found[name] = bytes
            setattr(cls, name, raw(struct.calcsize(order + code), struct.pack(order + code, *default)))
        elif match := re.fullmatch(r"(\d+)s", code):
            found[name] = bytes
            setattr(cls, name, raw(int(match[1]), default if isinstance(default, bytes) else None))
        else:
            raise DeclarationError(f"{cls.__name__}.{name}: no struct format {code!r}; B H I L Q, b h i l q and Ns are known")
        left = sum(width for _, width in inside.get(name, ()))
        for bit_name, width in inside.get(name, ()):
            left -= width
            found[bit_name] = int
            setattr(cls, bit_name, bits(width, default >> left & (1 << width) - 1))
    hints.update({**found, **hints})
