"""dpkt's spelling of a declaration, `__hdr__`, `__byte_order__` and `__bit_fields__`, read as the same words. Nothing else is known of dpkt here."""

from __future__ import annotations

import re
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
            setattr(cls, name, field(default))
        elif match := re.fullmatch(r"(\d+)s", code):
            found[name] = bytes
            setattr(cls, name, raw(int(match[1]), default if isinstance(default, bytes) else None))
        else:
            raise DeclarationError(f"{cls.__name__}.{name}: no struct format {code!r}; B H I L Q, b h i l q and Ns are known")
        for bit_name, width in inside.get(name, ()):
            found[bit_name] = int
            setattr(cls, bit_name, bits(width))
    hints.update({**found, **hints})
