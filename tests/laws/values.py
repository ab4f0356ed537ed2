"""Random values for any declared class: which fields are free, which follow from others, and what a field can hold.

All of it is read from the declaration. Lengths and checksums are derived. What conditions, sizes and links ask for decides the form of the
rest, so it is drawn first, and the rest is drawn for the fields that are there then. No protocol is known here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

import unwire.protocols
from unwire.declare import expression
from unwire.declare.face import Face
from unwire.declare.registry import registry
from unwire.errors import Error

for _module in pkgutil.iter_modules(unwire.protocols.__path__):
    importlib.import_module(f"unwire.protocols.{_module.name}")

#: Every class that has objects.
CLASSES: dict[str, Any] = {id: cls for id, cls in registry.classes.items() if id.startswith("unwire.protocols.")}
#: What raising means: the value does not fit.
REFUSED = (Error, ValueError)
_NUMBERS = ("uint", "int", "bits")
_SIZES = {"mac": 6, "ip4": 4, "ip6": 16}
_VIEWS = ("column", "reading", "native", "nothing", "pad", "payload")


def inner(kind: dict[str, Any]) -> dict[str, Any]:
    """Return a kind without its conditions."""
    while kind["t"] == "when":
        kind = kind["then"]
    return kind


def _trees(node: Any) -> Iterator[Any]:
    """Every expression in a part of a declaration."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("if", "size", "count", "until", "key", "keys", "when", "must", "expect", "expr", "value", "fragment", "each"):
                yield from value if key == "keys" else [value]
            yield from _trees(value)
    elif isinstance(node, list):
        for one in node:
            yield from _trees(one)


def _texts(tree: Any) -> Iterator[Any]:
    if isinstance(tree, list):
        for branch in tree[1:]:
            yield from _texts(branch)
    else:
        yield tree


def _telling(layer: dict[str, Any]) -> Iterator[str]:
    """The fields that tell the members of a part's family apart."""
    if "family" in layer:
        for link in CLASSES[layer["family"]].__layer__["next"]:
            for key in link["keys"]:
                yield from expression.names(key)
        yield from expression.names(layer.get("when", 1))


class Form:
    """What the declaration of a class says of its fields."""

    def __init__(self, cls: Any) -> None:
        self.cls, self.layer = cls, cls.__layer__
        self.fields: dict[str, dict[str, Any]] = {field["name"]: field for field in self.layer["fields"]}
        asked: set[str] = set()
        computed = [field for field in self.layer["fields"] if field["type"]["t"] in ("column", "native")]
        whole: Any = {**self.layer, "over": (), "pseudo": (), "fields": [field for field in self.layer["fields"] if field not in computed]}
        self.constants: set[int] = set()
        for tree in _trees(whole):
            asked |= expression.names(tree)
            self.constants |= {one for one in _texts(tree) if isinstance(one, int) and 0 <= one < 1 << 64}
        telling = set(_telling(self.layer))
        #: Numbers that the form of other fields, or who comes next, depends on.
        self.deciding: list[str] = []
        #: The others of a fixed form.
        self.free: list[str] = []
        #: Fields that are there, or as long, as others say.
        self.varying: list[str] = []
        divided = ""
        for name, field in self.fields.items():
            kind = field["type"]
            if kind["t"] in ("uint", "int"):
                divided = name
            elif kind["t"] == "bits" and divided in self.free + self.deciding:
                (self.free if divided in self.free else self.deciding).remove(divided)
            if kind["t"] == "bits" and divided in asked:
                asked.add(name)
                telling |= {name} if divided in telling else set()
            if "length" in field or "checksum" in field or kind["t"] in _VIEWS or (name == "data" and self.layer["kind"] == "packet"):
                continue
            if kind["t"] not in (*_NUMBERS, *_SIZES) and not (kind["t"] == "raw" and isinstance(kind.get("size"), int)):
                self.varying.append(name)
            elif name in asked and kind["t"] in _NUMBERS:
                self.deciding.append(name)
            else:
                self.free.append(name)

        #: What says which member of its family it is.
        self.telling = telling
        names = list(self.fields)
        where = next((at for at, name in enumerate(names) if self.fields[name]["type"]["t"] == "payload"), len(names))
        #: What stands behind the payload, which is told by what is left.
        self.behind = set(names[where:])

    def readings(self, name: str) -> list[str]:
        """Typed readings of a field that hold parts, and can be written in its place."""
        return [one for one, field in self.fields.items() if field["type"]["t"] == "reading" and field["type"]["of"] == name]


_FORMS: dict[str, Form] = {}


def form(cls: Any) -> Form:
    """The form of a class, found once."""
    id = cls.__layer__["id"]
    return _FORMS.get(id) or _FORMS.setdefault(id, Form(cls))


def number(kind: dict[str, Any]) -> tuple[int, int]:
    """The least and the most that a number can be."""
    size = kind["n"] if kind["t"] == "bits" else 8 * kind["n"]
    return (-1 << size - 1, (1 << size - 1) - 1) if kind["t"] == "int" else (0, (1 << size) - 1)


def members(id: str) -> list[Any]:
    """The classes that may stand where a part is declared: its family, or the class itself."""
    family = [cls for cls in CLASSES.values() if cls.__layer__.get("family") == id and "stands" not in cls.__layer__]
    return family or [CLASSES[id]]


class Drawing:
    """Values drawn for one object."""

    def __init__(self, data: st.DataObject, cls: Any, depth: int = 0) -> None:
        self.data, self.cls, self.depth, self.form = data, cls, depth, form(cls)

    def draw(self, strategy: st.SearchStrategy[Any], name: str) -> Any:
        return self.data.draw(strategy, f"{self.cls.__name__}.{name}")

    def decide(self) -> dict[str, Any]:
        """Values of the numbers that decide, mostly those that the declaration itself speaks of, often none."""
        out = {}
        for name in self.form.deciding:
            if name in self.form.telling:
                continue  # They say which class it is.
            if name.startswith("_"):
                continue
            least, most = number(self.form.fields[name]["type"])
            spoken = [one for one in sorted(self.form.constants | {0, 1, 2, 3, 4, 8}) if least <= one <= most]
            if self.draw(st.booleans(), f"{name} given"):
                out[name] = self.shown(name, self.draw(st.sampled_from(spoken) | st.integers(least, most), name))
        return out

    def shown(self, name: str, value: Any) -> Any:
        """A value of the wire as the attribute shows it."""
        shown = self.cls.__conversions__.get(name)
        return value if shown is None or isinstance(value, list) else shown.read(value)

    def fill(self, decided: dict[str, Any]) -> dict[str, Any]:
        """Values of the fields that are there once the deciding ones are."""
        out: dict[str, Any] = {name: self.shown(name, self.value(self.form.fields[name]["type"], name, decided)) for name in self.form.free}
        try:
            bare = self.cls(bytes(self.cls(**decided)))
        except Error:
            bare = self.cls(**decided)
        for name in self.form.varying:
            kind = self.form.fields[name]["type"]
            if name.startswith("_") and "native" in self.form.layer:
                continue  # What a decoder reads, it writes.
            if kind["t"] == "when" and getattr(bare, name, None) is None:
                continue
            if not self.draw(st.booleans(), f"{name} given"):
                continue
            found = self.value(kind, name, decided)
            if found is not None:
                out[name] = self.shown(name, found)
        return out

    def value(self, kind: dict[str, Any], name: str, decided: dict[str, Any]) -> Any:
        """A value of a kind; None if there is none to draw."""
        kind = inner(kind)
        match kind["t"]:
            case "uint" | "int" | "bits":
                return self.draw(st.integers(*number(kind)), name)
            case "mac" | "ip4" | "ip6":
                return self.draw(st.binary(min_size=_SIZES[kind["t"]], max_size=_SIZES[kind["t"]]), name)
            case "raw":
                return self.draw(self.stretch(kind, decided), name)
            case "text":
                return self.draw(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), max_size=12), name)
            case "repeat":
                return self.items(kind, name, decided)
            case "part" if self.depth < 3:
                return self.part(kind["layer"], name)
            case "switch":
                key = decided.get(kind["key"]) if isinstance(kind["key"], str) else None
                chosen = next((case for value, case in kind["cases"] if value == key), None)
                return self.value(chosen or kind["default"], name, decided)
        return None

    def stretch(self, kind: dict[str, Any], decided: dict[str, Any]) -> st.SearchStrategy[bytes]:
        """Bytes, as many as are stated where a number alone states it."""
        size = kind.get("size")
        if isinstance(size, str) and size in self.form.deciding:
            size = decided.get(size, self.form.fields[size].get("default", 0))
        if isinstance(size, int):
            return st.binary(min_size=min(size, 600), max_size=min(size, 600))
        if kind.get("to") == "zero":
            return st.binary(max_size=12).map(lambda text: text.replace(b"\0", b"") + b"\0")
        return st.sampled_from((0, 4, 8, 12, 16)).flatmap(lambda many: st.binary(min_size=many, max_size=many)) | st.binary(max_size=24)

    def items(self, kind: dict[str, Any], name: str, decided: dict[str, Any]) -> list[Any] | None:
        """Items of a list: as many as are stated, or a few."""
        if self.depth > 2:
            return None
        many: Any = kind.get("count")
        if isinstance(many, str) and many in self.form.deciding:
            many = decided.get(many, self.form.fields[many].get("default", 0))
        if not isinstance(many, int):
            # A list that ends with an item of its own has at least that one.
            many = self.draw(st.integers(int("until" in kind), 3), f"{name}, how many")
        found = [self.value(kind["item"], f"{name}[{at}]", decided) for at in range(min(many, 4))]
        return None if None in found else found

    def part(self, id: str, name: str) -> Any:
        """An object of a part's class, or of one of its family."""
        cls = self.draw(st.sampled_from(members(id)), f"{name} is a")
        below = Drawing(self.data, cls, self.depth + 1)
        try:
            decided = below.decide()
            made = cls(**decided, **below.fill(decided))
            bytes(made)
        except REFUSED:
            return cls()
        return made


def same(one: Any, other: Any) -> bool:
    """True if a value and the one that came back say the same."""
    if isinstance(one, bytes | list | str) and not one and other is None:
        return True  # No bytes are no field.
    if isinstance(one, Face) or isinstance(other, Face):
        return type(one) is type(other) and bytes(one) == bytes(other)
    if isinstance(one, list | tuple) and not isinstance(other, bytes | str):
        others = list(getattr(other, "all", other))
        return len(one) == len(others) and all(map(same, one, others))
    if isinstance(one, bytes) and isinstance(other, bytes) and len(one) < len(other):
        one = one.ljust(len(other), b"\0")  # Where others state the size, what is short is filled, as dpkt does.
    return bool(one == other)
