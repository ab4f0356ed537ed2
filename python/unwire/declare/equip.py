"""What a class gets when it has been declared: dpkt's description of its header, its views, and from the engine an attribute for each field.

What objects of the class can do is in face.py, what a declaration says in packet.py.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from typing import Any

from unwire.declare.engine_half import engine
from unwire.declare.views import Absent, Folded, derived

_STRUCT = {("uint", 1): "B", ("uint", 2): "H", ("uint", 4): "I", ("uint", 8): "Q", ("int", 1): "b", ("int", 2): "h", ("int", 4): "i", ("int", 8): "q"}


def equip(cls: Any, layer: dict[str, Any]) -> None:
    """Give a class that was just declared its attributes, and dpkt's description of its header."""
    header: list[tuple[str, str, Any]] = []
    inside: dict[str, tuple[tuple[str, int], ...]] = {}
    fixed = True
    for field in layer["fields"]:
        kind = field["type"]
        size = {"mac": 6, "ip4": 4, "ip6": 16}.get(kind["t"], kind.get("size"))
        if kind["t"] == "bits" and header:
            inside[header[-1][0]] = (*inside.get(header[-1][0], ()), (field["name"], kind["n"]))
        elif kind["t"] in ("uint", "int") and fixed:
            header.append((field["name"], _STRUCT.get((kind["t"], kind["n"]), f"{kind['n']}s"), default_of(field)))
        elif kind["t"] in ("mac", "ip4", "ip6", "raw") and isinstance(size, int) and fixed:
            header.append((field["name"], f"{size}s", default_of(field)))
        elif kind["t"] not in ("column", "reading", "native"):
            fixed = False
    order = "<" if layer["order"] == "little" else ">"
    declared = {field["name"]: field for field in layer["fields"]}
    if cls.__spelling__ is not None:
        order, header = cls.__spelling__
    else:
        header.extend((name, code, default_of(declared[name])) for name, code in cls.__header__.items() if name in declared)
    names = [name for name, *_ in header]
    if "__hdr__" not in cls.__dict__:
        cls.__hdr__ = tuple(header)
    cls.__hdr_fields__ = names
    cls.__hdr_defaults__ = {name: default for name, _, default in header}
    cls.__hdr_fmt__ = order + "".join(code for _, code, _ in header)
    # Numbers of three bytes have no format of their own, and stand there as bytes.
    cls.__hdr_len__ = struct.calcsize(cls.__hdr_fmt__)
    # The bits of an integer that has a name of its own are a second reading of it.
    inside = {name: parts for name, parts in inside.items() if name.startswith("_")}
    cls.__bit_fields__ = inside
    cls.__public_fields__ = list(_public(cls, names, inside))
    for view in cls.__dict__.get("__folds__", ()):
        setattr(cls, view.rstrip("?"), Folded(view))
    cls.__folds__ = tuple(view.rstrip("?") for view in getattr(cls, "__folds__", ()))
    own = {field["name"] for field in layer["fields"]} | cls.__dict__.keys()
    for name in [field["name"] for base in cls.__mro__[1:] for field in base.__dict__.get("__layer__", {}).get("fields", ())]:
        if name not in own and name != "data":
            setattr(cls, name, Absent(name))
    if engine is not None:
        attributes = [
            ("" if _is_nameless(layer, field) else field["name"], field.get("column"), cls.__conversions__.get(field["name"]))
            for field in layer["fields"]
        ]
        engine.equip(cls, layer["id"], attributes, _stand_ins(cls, list(declared)), list(cls.__folds__))


def _stand_ins(cls: Any, fields: list[str]) -> list[tuple[str, tuple[int, str], derived[Any]]]:
    """Attributes that a field gives where the engine finds nothing more to them."""

    def given(one: type) -> dict[str, derived[Any]]:
        found: dict[str, derived[Any]] = one.__dict__.get("__stand_ins__", {})
        return found

    own = {name: value for name, value in cls.__dict__.items() if isinstance(value, derived) and value.field is not None}
    # A name that some class in between gives another meaning is that class's.
    above = {name: one for base in cls.__mro__[:0:-1] for name, one in given(base).items() if name in given(_giver(cls, name))}
    cls.__stand_ins__ = {**above, **own}
    found = []
    for name, one in cls.__stand_ins__.items():
        if one.field in fields:
            found.append((name, (fields.index(one.field), one.field), one))
        else:
            setattr(cls, name, one)
    return found


def _giver(cls: type, name: str) -> type:
    """The class that an attribute comes from."""
    return next(one for one in cls.__mro__ if name in one.__dict__)


def _is_nameless(layer: dict[str, Any], field: dict[str, Any]) -> bool:
    """True for what is no attribute. A packet's data is its payload, whatever field is called so; a part may have such a field."""
    return field["type"]["t"] in ("pad", "payload", "nothing") or (field["name"] == "data" and layer["kind"] == "packet")


def _public(cls: Any, names: list[str], inside: dict[str, tuple[tuple[str, int], ...]]) -> Iterator[str]:
    """What `repr` shows of a header: plain fields, bits, and in dpkt's spelling the properties that a name such as `_a_b` speaks of."""
    for name in names:
        if not name.startswith("_"):
            yield name
        elif name in inside and ("_" in name[1:] or cls.__spelling__ is None):
            yield from (part for part, _ in inside[name] if not part.startswith("_"))
        else:
            words = name[1:].split("_")
            spoken = (*words, *map("_".join, itertools.pairwise(words)))
            yield from (one for one in spoken if len(words) > 1 and isinstance(getattr(cls, one, None), property))


def default_of(field: dict[str, Any]) -> Any:
    """A field's declared default as an attribute has it."""
    value = field.get("default")
    kind = field["type"]
    while kind["t"] == "when":
        kind = kind["then"]
    if kind["t"] in ("uint", "int", "bits"):
        return value or 0
    if kind["t"] in ("mac", "ip4", "ip6", "raw"):
        if value is not None:
            return bytes.fromhex(value)
        size = {"mac": 6, "ip4": 4, "ip6": 16}.get(kind["t"], kind.get("size"))
        # Where nothing was declared, there are zeros.
        return bytes(size if isinstance(size, int) else 0)
    return value
