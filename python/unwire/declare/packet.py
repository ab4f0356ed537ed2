"""The two classes that a declaration derives from: `Packet`, a layer of a packet, and `Part`, a layout inside a field.

Here a class statement becomes a layer: its keywords are read, its fields compiled, the result registered. Parsing is not here, nor
anywhere in Python.
"""

from __future__ import annotations

from typing import Any

from unwire.declare import equip, expression, face, layers, struct_format
from unwire.declare.errors import DeclarationError
from unwire.declare.registry import registry
from unwire.declare.shown import conversions
from unwire.declare.words import Link, Spec
from unwire.suggest import suggest

_ORDERS = {"big": "big", "little": "little", **struct_format.ORDERS}
#: Frames between `hints_of` and the class statement: its own, `_declare` and `__init_subclass__`.
_DEPTH = 3


class _Declared(face.Face):
    """What both have: a layer, made with the class."""

    @classmethod
    def _declare(cls, kind: str, keywords: dict[str, Any], base: type[_Declared]) -> None:
        owner = cls.__name__
        parent: dict[str, Any] = getattr(cls.__mro__[1], "__layer__", {})
        order = keywords.pop("order", None) or cls.__dict__.get("__byte_order__") or parent.get("order", "big")
        if order not in _ORDERS:
            raise DeclarationError(f"{owner}: order is 'big' or 'little', not {order!r}")
        order = _ORDERS[order]
        hints = layers.hints_of(cls, _DEPTH)
        # dpkt's `__hdr__` takes the place of the one inherited.
        fresh = struct_format.fields_of_hdr(cls, hints) or keywords.pop("fresh", False)
        inherited = [] if fresh else parent.get("fields", [])
        if "__byte_order__" in cls.__dict__ and order != parent.get("order", order):
            # In dpkt's spelling the order is the whole header's.
            inherited = layers.in_order(inherited, order)
        fields = layers.fields_of(cls, hints, inherited, order)
        cls.__conversions__ = conversions(cls, hints, getattr(cls.__mro__[1], "__conversions__", {}))
        names = [f["name"] for f in fields]
        for one in fields:
            of = one.get("length", {}).get("of", "layer")
            if of not in ("layer", "header", "part", *names):
                raise DeclarationError(f"{owner}.{one['name']}: states the size of {of!r}, which is neither layer, header, part nor a field")
        layer: dict[str, Any] = {"id": f"{cls.__module__}.{cls.__qualname__}", "kind": kind, "order": order}
        if title := (cls.__dict__.get("__doc__") or "").strip().partition("\n")[0]:
            layer["title"] = title
        if parent and parent.get("next") and kind == "part":
            layer["family"] = parent.get("family", parent["id"])
        gone = {one["name"] for one in parent.get("fields", ())} - set(names)

        def inherited_word(key: str, otherwise: Any) -> Any:
            # What fields of another header said is not said of a header that has none of them.
            return otherwise if struct_format.speaks_of(said := parent.get(key, otherwise), gone) else said

        for key in ("size", "fragment", "when"):
            if (value := keywords.pop(key, None)) is not None:
                layer[key] = expression.parse(value, names, f"{owner}: {key}")
            elif key == "size" and (size := inherited_word("size", None)) is not None:
                layer[key] = size
        layer["over"] = layers.overs(owner, keywords.pop("over", None))
        links: Link | tuple[Link, ...] | None = keywords.pop("next", None)
        layer["next"] = layers.links(owner, links, names) if links is not None else inherited_word("next", [])
        if (views := keywords.pop("folds", None)) is not None:
            cls.__folds__ = tuple(views)
        for key in ("fold", "info", "aliases", "service", "value", "align", "stands", "native"):
            if (value := keywords.pop(key, None)) is not None:
                layer[key] = value
        if "native" not in layer and "native" in parent and not fresh:
            layer["native"] = parent["native"]
        if (pseudo := keywords.pop("pseudo", None)) is not None:
            for name in pseudo:
                if name not in names:
                    raise DeclarationError(f"{owner}: pseudo names unknown field {name!r}{suggest(name, names)}")
            layer["pseudo"] = list(pseudo)
            layer["pseudo_zero"] = keywords.pop("pseudo_zero", "absent")
        if (lends := keywords.pop("lends", None)) is not None:
            for name in lends.values():
                if name not in names:
                    raise DeclarationError(f"{owner}: lends names unknown field {name!r}{suggest(name, names)}")
            layer["lends"] = dict(lends)
        if (told := keywords.pop("flow", None)) is not None:
            layer["flow"] = layers.flow(owner, told, names)
        elif "flow" in parent and not fresh:
            layer["flow"] = parent["flow"]
        if (told := keywords.pop("told", None)) is not None:
            layer["told"] = dict(told)
        if (value := layer.get("value")) is not None and value not in names:
            raise DeclarationError(f"{owner}: value names unknown field {value!r}{suggest(value, names)}")
        if kind == "packet":
            layer["name"] = keywords.pop("name", owner.lower())
            if "unpack" in cls.__dict__:
                layer["opaque"] = True
        if keywords:
            word = next(iter(keywords))
            raise DeclarationError(f"{owner}: unknown keyword {word!r}{suggest(word, _KEYWORDS)}")
        layer["fields"] = layers.discriminated(layer, fields) if layer.get("family") else fields
        for name in [n for n, v in cls.__dict__.items() if isinstance(v, Spec)]:
            delattr(cls, name)
        cls.__layer__ = layer
        for name, shown in cls.__conversions__.items():
            if name in hints and (belong := getattr(shown, "belong", None)):
                belong(cls, name, next(one["type"]["of"] for one in fields if one["name"] == name))
        registry.add(cls, layer)
        try:
            equip.equip(cls, layer)
        except BaseException:
            # The class statement fails: nobody has the class, and nothing may be read by it.
            registry.remove(layer["id"])
            raise


_KEYWORDS = (
    "over", "when", "next", "size", "order", "fold", "folds", "name", "info", "aliases", "service", "pseudo", "pseudo_zero", "fragment", "value",
    "align", "flow", "lends", "told", "fresh", "native", "stands",
)  # fmt: skip


class Packet(_Declared):
    """A layer of a packet. Class keywords:

    `over` {space: number or numbers} that the class answers to, with `when` telling candidates apart; `next`, links to the payload; `size`, how
    many bytes the layer has, header and payload; `order` of its integers; `name` in `frame.protocols` (the class's name in lower case if left
    out, None for a layer without one); `fragment`, true if this is a piece of a datagram; `pseudo`, the fields of the pseudo header that it lends
    to checksums above it, and `lends` {its field: field}, what stands in there for a field of the layer below; `info`, `service` for the packet
    list and logs; `aliases`, Pktt's names for its values ({name: column}, see `filters/pktt_words.py`). ``fold="Ethernet.vlan_tags"`` shows this
    layer in a list of the object that carries it, instead of as its payload; `folds` of that class names its lists, with a ``?`` those that are
    absent when empty.
    `fresh`: the class has none of the fields of the class it derives from. `flow` says what the layer tells of the flow that a packet belongs
    to, role by role, each an expression: a network layer (one with `pseudo`, whose two fields are the addresses) and the headers behind it
    have ``protocol``, ``offset`` (in bytes), ``more`` and ``id``; a transport ``source``, ``target``, ``sequence``, ``acknowledged``,
    ``flags``, ``window``; messages ``type``, ``code`` and ``answers`` {type: the type that answers it}; a tag ``tag``. `native`: the decoder
    that finds the class's `native` fields, and that must take the bytes for an object to be made.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__()
        cls._declare("packet", keywords, Packet)


class Part(_Declared):
    """A layout inside a field. With `next` it opens a family: its subclasses answer to numbers of that space and add fields to its own.

    Class keywords: `over`, `when`, `next`, `size` (bytes of the whole part), `order`, `align`, and `value`, the field that stands for the part.
    `stands` makes the class a stand-in of its family: for ``"other"`` numbers, for ``"bad"`` ones whose classes all refuse them, for those
    ``"cut"`` off.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__()
        cls._declare("part", keywords, Part)


for _base in (face.Face, _Declared, Packet, Part):
    _base.__unwire_base__ = _base
