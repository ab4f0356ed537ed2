"""From a class body to a layer of the schema: every check of a declaration is made here, when the class is made.

The result is plain data, as the schema carries it. Nothing here knows a protocol, keeps a list of classes (registry.py does) or reads a
packet.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import Any, ClassVar, get_args, get_origin

from unwire.declare import expression
from unwire.declare.errors import DeclarationError
from unwire.declare.types import Wire, wire
from unwire.declare.words import Link, Spec, field
from unwire.suggest import suggest

Schema = dict[str, Any]

_CHECKSUMS = ("inet", "crc32c", "crc32", "fletcher")
#: What a native decoder finds that is no number and no address.
_FOUND: dict[Any, Schema] = {str: {"t": "text", "to": "rest"}, bytes: {"t": "raw", "to": "rest"}, bool: {"t": "bool"}}
_STOPS = ("fragment", "encrypted", "opaque", "end")
#: What a layer may tell of the flow that a packet belongs to; what it means is said in crates/unwire/src/schema/flow.rs.
_ROLES = (
    "protocol", "offset", "more", "id", "source", "target", "sequence", "acknowledged", "flags", "window", "scale", "held", "type", "code", "tag",
)  # fmt: skip


def hints_of(cls: type, depth: int) -> dict[str, Any]:
    """Return the annotations of the class's own body, in order; names are looked up where the class statement stands, too."""
    own = inspect.get_annotations(cls)
    frame = sys._getframe(depth)
    hints = {}
    for name, annotation in own.items():
        try:
            # With `from __future__ import annotations` they are text.
            hints[name] = eval(annotation, frame.f_globals, dict(frame.f_locals)) if isinstance(annotation, str) else annotation
        except NameError as error:
            raise DeclarationError(f"{cls.__name__}.{name}: its annotation uses an unknown name: {error}") from None
    return hints


def fields_of(cls: type, hints: Mapping[str, Any], inherited: list[Schema], order: str) -> list[Schema]:
    """Return the schema of the class's fields, the inherited ones first; one declared again keeps its place."""
    fields = {f["name"]: f for f in inherited}
    for name, value in cls.__dict__.items():
        if isinstance(value, Spec) and name not in hints:
            raise DeclarationError(f"{cls.__name__}.{name}: say what a type checker sees, as in `{name}: int = …`")
    for name, hint in hints.items():
        spec = cls.__dict__.get(name, None)
        if get_origin(hint) is ClassVar or hint is ClassVar:
            continue
        if spec is None and name not in cls.__dict__:
            spec = field()
        if not isinstance(spec, Spec):
            raise DeclarationError(f"{cls.__name__}.{name}: write field({spec!r}) for a default, or annotate it as ClassVar")
        earlier = list(fields)
        if name in fields:
            earlier = earlier[: earlier.index(name)]
        fields[name] = _Field(cls.__name__, name, spec, hint, earlier, fields, order).schema()
    return list(fields.values())


def discriminated(layer: Schema, fields: list[Schema]) -> list[Schema]:
    """Return the fields of a family's member with its number as their default, and what else its `when` says of them."""
    told: dict[str, int] = {}
    key = layer["next"][0]["keys"][0]
    if layer["over"] and isinstance(key, str):
        told[key] = layer["over"][0]["keys"][0]
    for test in expression.conjuncts(layer.get("when", 1)):
        if isinstance(test, list) and test[0] == "==" and isinstance(test[1], str) and isinstance(test[2], int):
            told[test[1]] = test[2]
    left, whole = 0, 0
    for one in fields:
        kind = one["type"]
        if kind["t"] == "bits" and left:
            # The bits of such a number are its own.
            left -= kind["n"]
            told.setdefault(one["name"], whole >> left & (1 << kind["n"]) - 1)
        elif kind["t"] not in ("column", "reading", "native"):
            left, whole = (kind["n"] * 8, told[one["name"]]) if kind["t"] == "uint" and one["name"] in told else (0, 0)
    return [{**one, "default": told[one["name"]]} if one["name"] in told else one for one in fields]


def in_order(fields: list[Schema], order: str) -> list[Schema]:
    """Return fields with all their integers in another byte order."""
    return [{**field, "type": _turned(field["type"], order)} for field in fields]


def _turned(kind: Schema, order: str) -> Schema:
    out = {key: _turned(value, order) if isinstance(value, dict) and "t" in value else value for key, value in kind.items() if key != "order"}
    return {**out, "order": "little"} if kind["t"] in ("uint", "int") and order == "little" and kind["n"] > 1 else out


class _Field:
    """One field on its way from words to schema."""

    def __init__(self, owner: str, name: str, spec: Spec, hint: Any, earlier: list[str], fields: Mapping[str, Schema], order: str) -> None:
        self.place = f"{owner}.{name}"
        self.name, self.spec, self.hint, self.earlier, self.fields, self.order = name, spec, hint, earlier, fields, order

    def schema(self) -> Schema:
        kind = self.type(self.spec, self.hint)
        spec = self.spec
        while spec.word == "when" and isinstance(spec.given["then"], Spec):
            spec = spec.given["then"]
        out: Schema = {"name": self.name, "type": kind}
        if spec.column is not None and not isinstance(spec.column, str):
            raise DeclarationError(f"{self.place}: the column name is {spec.column!r}; the default comes first, then the name")
        for key in ("column", "base"):
            if (value := getattr(spec, key)) is not None:
                out[key] = value
        if spec.base not in (None, "hex", "oct"):
            raise DeclarationError(f"{self.place}: base is 'hex' or 'oct', not {spec.base!r}")
        if spec.also:
            out["also"] = list(spec.also)
        if spec.names:
            out["names"] = {str(number): str(label) for number, label in spec.names.items()}
        if spec.default is not None:
            self.fits(spec.default, kind)
            out["default"] = spec.default.hex() if isinstance(spec.default, bytes) else spec.default
        if spec.whole:
            out["whole"] = True
        for key in ("must", "expect"):
            if (value := getattr(spec, key)) is not None:
                out[key] = expression.parse(value, [*self.earlier, self.name], f"{self.place}: {key}")
        if stated := spec.given.get("length"):
            out["length"] = {"of": stated["of"]}
            if stated["value"] is not None:
                out["length"]["value"] = self.tree(stated["value"], "value")
        if stated := spec.given.get("checksum"):
            out["checksum"] = self.checksum(stated)
        return out

    def fits(self, default: Any, kind: Schema) -> None:
        """Refuse a default that the field has no room for, or that is of another kind."""
        while kind["t"] == "when":
            kind = kind["then"]
        if kind["t"] in ("uint", "int", "bits"):
            count = kind["n"] if kind["t"] == "bits" else 8 * kind["n"]
            low, high = (-(1 << count - 1), (1 << count - 1) - 1) if kind["t"] == "int" else (0, (1 << count) - 1)
            if not isinstance(default, int):
                raise DeclarationError(f"{self.place}: the default is a number, not {default!r}")
            if not low <= default <= high:
                raise DeclarationError(f"{self.place}: the default {default} is not within {low} to {high}")
        elif kind["t"] == "raw" and not isinstance(default, bytes):
            raise DeclarationError(f"{self.place}: the default is bytes, not {default!r}")

    def checksum(self, stated: Mapping[str, Any]) -> Schema:
        if stated["how"] not in _CHECKSUMS:
            raise DeclarationError(f"{self.place}: no checksum {stated['how']!r}{suggest(stated['how'], _CHECKSUMS)}")
        out: Schema = {"how": stated["how"]}
        over = stated["over"]
        out["over"] = {"of": over} if over in ("layer", "header", "before") else {"size": self.tree(over, "over")}
        if stated["zero"] is not None:
            if stated["zero"] != "absent":
                raise DeclarationError(f"{self.place}: zero is 'absent' or left out, not {stated['zero']!r}")
            out["zero"] = stated["zero"]
        if stated["pseudo"]:
            out["pseudo"] = True
        return out

    def tree(self, text: Any, what: str) -> expression.Tree:
        return expression.parse(text, self.earlier, f"{self.place}: {what}", item=what == "until")

    def type(self, spec: Any, hint: Any) -> Schema:
        """Return the schema's type of a word, a wire type or a Part class."""
        if not isinstance(spec, Spec):
            return self.plain(spec, None)
        given = spec.given
        match spec.word:
            case "field":
                return self.plain(hint, spec.order)
            case "bits":
                if not isinstance(given["n"], int) or not 1 <= given["n"] <= 64:
                    raise DeclarationError(f"{self.place}: bits takes 1 to 64, not {given['n']!r}")
                width = wire(hint)
                boolean = hint is bool or (width is not None and width.t == "bool")
                number = {"number": True} if boolean and hint is not bool else {}
                return {"t": "bits", "n": given["n"], **({"bool": True, **number} if boolean else {"as": width.n} if width else {})}
            case "raw" | "text":
                return {"t": spec.word, **self.extent(given["size"])}
            case "when":
                then = given["then"]
                inner = self.type(then, hint) if then is not None else self.plain(hint, None)
                return {"t": "when", "if": self.tree(given["condition"], "when"), "then": inner}
            case "switch":
                return self.switch(given, hint)
            case "repeat":
                return self.repeat(given)
            case "pad":
                if not isinstance(given["n"], int) or given["n"] < 1:
                    raise DeclarationError(f"{self.place}: pad takes a number of bytes, not {given['n']!r}")
                return {"t": "pad", "n": given["n"]}
            case "payload":
                return {"t": "payload", "size": self.tree(given["size"], "payload")}
            case "reading":
                if given["of"] not in self.fields:
                    raise DeclarationError(f"{self.place}: reads unknown field {given['of']!r}{suggest(given['of'], self.fields)}")
                return {"t": "reading", "of": given["of"], "type": self.type(given["type"], hint)}
            case "column":
                out: Schema = {"t": "column", "expr": self.tree(given["expression"], "column")}
                width = wire(hint)
                out["as"] = {"t": "bool"} if hint is bool else self.wired(width, None) if width else {"t": "int", "n": 8}
                if (letters := given["letters"]) is not None:
                    if not isinstance(letters, str) or not 0 < len(letters) <= 64:
                        raise DeclarationError(f"{self.place}: letters are one for each of up to 64 bits, not {letters!r}")
                    out["letters"] = letters
                return out
            case "native":
                several = get_origin(hint) is list
                inner = get_args(hint)[0] if several else hint
                kind = _FOUND[inner] if inner in _FOUND else self.plain(inner, None)
                return {"t": "native", "item": given["item"], "as": kind, **({"list": True} if several else {})}
            case word:
                raise DeclarationError(f"{self.place}: unknown word {word!r}")

    def plain(self, hint: Any, order: str | None) -> Schema:
        if hint is None:
            return {"t": "nothing"}
        if (found := wire(hint)) is not None and found.t != "bool":
            return self.wired(found, order)
        layer = getattr(hint, "__layer__", None)
        if isinstance(hint, type) and layer is not None and layer["kind"] == "part":
            return {"t": "part", "layer": layer["id"]}
        raise DeclarationError(
            f"{self.place}: {hint!r} is no wire type; annotate it u8 … u64, i8 … i64, Mac, Ip4, Ip6 or a Part, or use a word such as raw()"
        )

    def wired(self, found: Wire, order: str | None) -> Schema:
        if found.t not in ("uint", "int"):
            return {"t": found.t}
        order = order or found.order or self.order
        return {"t": found.t, "n": found.n, **({"order": "little"} if order == "little" and found.n > 1 else {})}

    def extent(self, size: Any) -> Schema:
        if size in ("rest", "zero") and size not in self.earlier:
            return {"to": size}
        return {"size": self.tree(size, "size")}

    def switch(self, given: Mapping[str, Any], hint: Any) -> Schema:
        cases = [[int(value), self.type(kind, None)] for value, kind in given["cases"].items()]
        return {"t": "switch", "key": self.tree(given["key"], "key"), "cases": cases, "default": self.type(given["default"], None)}

    def repeat(self, given: Mapping[str, Any]) -> Schema:
        out: Schema = {"t": "repeat", "item": self.type(given["item"], None)}
        if sum(given[k] is not None for k in ("count", "size", "until", "each")) > 1:
            raise DeclarationError(f"{self.place}: a repeat has one of count, size, until, each")
        for key in ("count", "size", "until"):
            if given[key] is not None:
                out[key] = self.tree(given[key], key)
        if given["each"] is not None:
            if given["each"] not in self.earlier:
                raise DeclarationError(f"{self.place}: each names unknown field {given['each']!r}{suggest(given['each'], self.earlier)}")
            out["each"] = given["each"]
        if given["pad"] is not None:
            out["pad"] = int(given["pad"])
        return out


def links(owner: str, given: Link | tuple[Link, ...] | None, fields: list[str]) -> list[Schema]:
    """Return the schema of a class's `next`."""
    out = []
    for link in (given,) if isinstance(given, Link) else given or ():
        if not isinstance(link, Link):
            raise DeclarationError(f"{owner}: next takes by(…) and stop(…), not {link!r}")
        one: Schema = {}
        if link.stop is not None:
            if link.stop not in _STOPS:
                raise DeclarationError(f"{owner}: no stop reason {link.stop!r}{suggest(link.stop, _STOPS)}")
            one["stop"] = link.stop
        else:
            one["keys"] = [expression.parse(key, fields, f"{owner}: next") for key in link.keys]
            one["space"] = link.space
        if link.when is not None:
            one["when"] = expression.parse(link.when, fields, f"{owner}: next")
        for flag in ("strict", "quoted", "weak"):
            if getattr(link, flag):
                one[flag] = True
        if link.via:
            one["via"] = link.via
        out.append(one)
    return out


def flow(owner: str, given: Mapping[str, Any], fields: list[str]) -> Schema:
    """Return the schema of a class's `flow`: an expression for each role, and the message types that answer others."""
    out: Schema = {}
    for role, told in given.items():
        if role == "answers":
            out[role] = sorted([int(asked), int(answer)] for asked, answer in told.items())
        elif role not in _ROLES:
            raise DeclarationError(f"{owner}: flow has no role {role!r}{suggest(role, (*_ROLES, 'answers'))}")
        else:
            out[role] = expression.parse(told, fields, f"{owner}: flow")
    return out


def overs(owner: str, given: Mapping[str, Any] | None) -> list[Schema]:
    """Return the schema of a class's `over`: per space, the sorted numbers that it answers to."""
    out = []
    for space, numbers in (given or {}).items():
        keys = [numbers] if isinstance(numbers, int) else list(numbers)
        if not keys or not all(isinstance(key, int) and 0 <= key < 1 << 63 for key in keys):
            raise DeclarationError(f"{owner}: over takes numbers for {space!r}, not {numbers!r}")
        out.append({"space": space, "keys": sorted({int(key) for key in keys})})
    return out
