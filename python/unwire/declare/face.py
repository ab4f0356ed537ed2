"""What every packet object can do beside its fields: dpkt's methods, and the views that go through all layers.

The engine reads and writes; here is only what is said of an object as a whole. No protocol is known here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from unwire.declare.engine_half import engine
from unwire.declare.equip import default_of
from unwire.declare.views import derived, without

if TYPE_CHECKING:

    class _Base:
        data: Any

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __getattr__(self, name: str) -> Any: ...
else:
    _Base = object if engine is None else engine.Object


class Face(_Base):
    """The methods of packets and parts."""

    __unwire_base__: ClassVar[type]
    __layer__: ClassVar[dict[str, Any]]
    #: How fields are shown where that is not as the wire has them.
    __conversions__: ClassVar[dict[str, Any]] = {}
    # dpkt's description of the header, made of the declaration.
    __hdr_fields__: ClassVar[list[str]]
    __hdr_len__: ClassVar[int]
    __public_fields__: ClassVar[list[str]]
    #: The views in which other layers are shown here.
    __folds__: ClassVar[tuple[str, ...]] = ()
    #: Attributes that are no fields and are shown beside them: views of what was read.
    __shown__: ClassVar[tuple[str, ...]] = ()
    #: Fields that such views show in another form.
    __hidden__: ClassVar[tuple[str, ...]] = ()
    #: Fields without a fixed place that are described and shown as those of the fixed header are, with their formats in `struct`'s words.
    __header__: ClassVar[dict[str, str]] = {}
    #: A field that is set though its condition does not hold is not sent, and no error.
    __lenient__: ClassVar[bool] = False
    #: Bytes given as `data` to the constructor are decoded.
    __decodes_data__: ClassVar[bool] = False
    #: Lengths nobody gave are shown as they are when the object is made; else as declared until `bytes()` fills them in.
    __states_lengths__: ClassVar[bool] = False
    #: Shown inside another object, it keeps what it carries, and that has no payload of its own.
    __keeps_data__: ClassVar[bool] = False
    #: Made of bytes by itself, it takes its header and leaves the rest, as dpkt's tags and labels do.
    __header_only__: ClassVar[bool] = False
    #: It stands before the object that it is shown inside.
    __leads__: ClassVar[bool] = False
    #: Layers that may stand before this one and are shown inside it: the bytes that they begin with, and their ids.
    __before__: ClassVar[tuple[tuple[bytes, str], ...]] = ()
    #: How `pprint` explains a field: {name: function of the value}.
    __pprint_funcs__: ClassVar[dict[str, Any]] = {}

    def __bytes__(self) -> bytes:
        cls = type(self)
        if cls.pack_hdr is not Face.pack_hdr:
            return self.pack_hdr() + bytes(self.data)
        return engine.pack(self)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return str(bytes(self))

    def pack(self) -> bytes:
        """The packet as bytes: checksums whose value is 0 and lengths that nobody set are filled in."""
        return bytes(self)

    def pack_hdr(self) -> bytes:
        """The header alone; nothing is filled in but lengths that nobody set."""
        return engine.pack_hdr(self)  # type: ignore[no-any-return]

    def unpack(self, buf: bytes) -> None:
        """Read this object again, from other bytes."""
        engine.unpack(self, buf)

    def _strict(self) -> Self:
        """What ``Cls(buffer, strict=True)`` asks beyond reading: options that are all as their rules say."""
        from unwire.declare import options

        return options.strict(self)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return engine.size(self)  # type: ignore[no-any-return]

    # Programs written for dpkt keep what they like under any name: these are shown until they are set.
    @derived
    def raw(self) -> bytes | None:
        """Exactly the bytes that were read, to the end that length fields promise; None if the packet was built."""
        return engine.raw(self)  # type: ignore[no-any-return]

    def _folded(self, view: str) -> list[Any]:
        if without(view) in self.__dict__:
            return []
        found = self.__dict__.get(view)
        return list(engine.folded(self, view)) if found is None else list(found)

    def _settle(self) -> tuple[list[list[Any]], dict[str, int] | None]:
        """What packing asks of a class that shows layers inside: those of each view, and fields that they make other than they are."""
        return [self._folded(view) for view in _folds(type(self))], None

    def __getitem__(self, cls: type) -> Any:
        for below in itertools.islice(self._chain(), 1, None):
            if isinstance(cls, type) and isinstance(below, cls):
                return below
        raise KeyError(cls)

    def __contains__(self, cls: type) -> bool:
        try:
            self[cls]
        except KeyError:
            return False
        return True

    def __bool__(self) -> bool:
        return len(self) > 0

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((name, getattr(self, name)) for name in self.__hdr_fields__ if hasattr(self, name))

    @derived
    def layers(self) -> list[Any]:
        """This layer and those above it, with the ones that are shown inside others (tags, labels, extension headers) in their places."""
        return self._layers()

    def _layers(self) -> list[Any]:
        found: list[Any] = []
        for one in self._chain():
            found.append(one)
            for view in _folds(type(one)):
                found.extend(one._folded(view))
        return found

    def _chain(self) -> Iterator[Any]:
        """This object, its payload, the payload's payload; an object that carries itself ends it."""
        seen: set[int] = set()
        one: Any = self
        while isinstance(one, Face) and id(one) not in seen:
            seen.add(id(one))
            yield one
            # What a part calls data is a field.
            one = one.data if one.__layer__["kind"] == "packet" else None

    def _shown(self) -> Iterator[tuple[str, Any]]:
        """Fields and what was set beside them, as repr shows them: what differs from the default."""
        cls = type(self)
        fields = {field["name"]: field for field in cls.__layer__["fields"]}
        for name in cls.__public_fields__:
            value = getattr(self, name, None)
            # A property has no default that it could be compared with; a field whose condition does not hold has no value.
            if value is not None and (name not in fields or value != cls._default_of(fields[name])):
                yield name, value
        for name in cls.__shown__:
            set_here = name in self.__dict__ or (name in fields and _is_set(self, fields[name]))
            value = getattr(self, name, None)
            if value is not None and (set_here or engine.raw(self) is not None):
                yield name, value
        hidden = ("data", *cls.__hidden__, *cls.__public_fields__)
        for name, field in fields.items():
            if name not in hidden and not name.startswith("_") and _varies(field["type"]) and engine.state_of(self, name) != "default":
                value = getattr(self, name, None)
                if value is not None:
                    yield name, value
        data = getattr(self, "data", None)
        for name, value in self.__dict__.items():
            if not name.startswith("_") and value is not data and name not in cls.__shown__:
                yield name, value

    @classmethod
    def _default_of(cls, field: dict[str, Any]) -> Any:
        """A field's default as it is shown."""
        shown = cls.__conversions__.get(field["name"])
        return shown.read(default_of(field)) if shown else default_of(field)

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in self._shown()]
        if data := getattr(self, "data", None):
            shown.append(f"data={data!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def pprint(self, indent: int = 1) -> None:
        """Print every field on a line of its own, with what it means where that is known, and go into the payload."""
        from unwire.declare import tree

        tree.pprint(self, indent)

    def tree(self) -> str:
        """Return every layer with its fields, for reading: ``print(packet.tree())``."""
        from unwire.declare import tree

        return tree.drawn(self)

    def to_dict(self) -> dict[str, Any]:
        """Fields by name, for JSON: addresses as text, other bytes as hexadecimal, parts and payload as dictionaries."""
        out: dict[str, Any] = {"protocol": type(self).__name__}
        for field in type(self).__layer__["fields"]:
            name = field["name"]
            # A part may have a field of that name, which is no payload.
            payload = name == "data" and (self.__layer__["kind"] == "packet" or field["type"]["t"] == "payload")
            if not name.startswith("_") and not payload and (value := getattr(self, name, None)) is not None:
                out[name] = plain(value)
        for name in type(self).__shown__ if self.__layer__["kind"] == "part" else ():
            if (value := getattr(self, name, None)) is not None:
                out[name] = plain(value)
        out.update((name, plain(value)) for name, value in self._drawn())
        for view in _folds(type(self)):
            if folded := self._folded(view):
                out[view] = plain(folded)
        # What a part carries is as much of it as what a packet does.
        if "data" not in out and (data := getattr(self, "data", None)):
            out["data"] = plain(data)
        return out

    def _drawn(self) -> Iterator[tuple[str, Any]]:
        """What is neither a field nor the payload, and belongs into dictionaries and trees: lists of parts, values."""
        return iter(())

    def __dir__(self) -> list[str]:
        names = set(super().__dir__())
        data = getattr(self, "data", None) if self.__layer__["kind"] == "packet" else None
        if isinstance(data, Face):
            lineage = (cls.__name__.lower() for cls in type(data).__mro__ if "__layer__" in cls.__dict__)
            names.update(name for name in lineage if getattr(self, name, None) is data)
        return sorted(names)

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=indent)

    def verify_checksums(self) -> dict[str, bool]:
        """Whether each checksum of this packet and its payloads fits: {"IP.sum": True, …}. Those that were not sent are left out, and those of a
        datagram of which this is a piece.
        """
        return _checksums(self)

    def recompute(self) -> Self:
        """Set every length and checksum, here and in the payloads, back to its default, so that `bytes()` fills it in.

        What a piece of a datagram carries speaks of the whole, and stays.
        """
        for layer in _whole(self._layers()):
            for field in type(layer).__layer__["fields"]:
                if "checksum" in field or "length" in field:
                    delattr(layer, field["name"])
        return self

    def __copy__(self) -> Self:
        # As anywhere in Python, a copy that is not deep shares what the object holds, the payload too.
        payload = engine.payload(self)
        if payload is None and isinstance(found := engine.Object.data.__get__(self), Face):
            payload = found
        made: Any = _restore(type(self), engine.raw(self), engine.written(self), payload, self.__dict__)
        return made  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        state = (engine.raw(self), engine.written(self), engine.payload(self), self.__dict__)
        return _restore, (type(self), *state)


def _is_set(packet: Face, field: dict[str, Any]) -> bool:
    """True if somebody wrote a field, or the bytes that it reads."""
    kind = field["type"]
    name = kind["of"] if kind["t"] == "reading" else field["name"]
    return name != "data" and bool(engine.state_of(packet, name) == "set")


def _whole(layers: list[Any]) -> Iterator[Any]:
    """Layers up to the one that carries a piece of a datagram."""
    for layer in layers:
        yield layer
        if engine.is_piece(layer):
            return


def _restore(cls: type[Face], raw: bytes | None, written: dict[str, Any], payload: Any, beside: dict[str, Any]) -> Face:
    made = cls.__new__(cls)
    if raw is not None:
        engine.restore(made, raw)
    for name, value in written.items():
        setattr(made, name, value)
    if payload is not None:
        # A class may show something else under the name.
        engine.Object.data.__set__(made, payload)
    made.__dict__.update(beside)
    return made


_VARIABLE = ("raw", "text", "switch", "repeat", "part")


def _varies(kind: dict[str, Any]) -> bool:
    """True for a field that is no part of the fixed header, and no view of another."""
    while kind["t"] == "when":
        kind = kind["then"]
        if kind["t"] not in ("column", "reading", "native"):
            return True
    return kind["t"] in _VARIABLE and not isinstance(kind.get("size"), int)


def _folds(cls: type) -> tuple[str, ...]:
    return getattr(cls, "__folds__", ())


def plain(value: Any) -> Any:
    """A value as JSON has one: parts and packets as dictionaries, bytes that are no address as hexadecimal."""
    if isinstance(value, Face):
        return value.to_dict()
    if isinstance(value, bytes):
        return getattr(value, "text", None) or value.hex()
    # A list of options is a mapping with the list in it.
    value = getattr(value, "all", value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, int | str | float | dict) else str(value)


def _checksums(packet: Face) -> dict[str, bool]:
    import copy

    found = {}
    whole = copy.deepcopy(packet)
    names = []
    for before, after in zip(_whole(packet._layers()), whole._layers(), strict=False):
        for field in type(before).__layer__["fields"]:
            if "checksum" not in field or not (value := getattr(before, field["name"], 0)):
                continue
            names.append((f"{type(before).__name__}.{field['name']}", after, field["name"], value))
            setattr(after, field["name"], 0)
    bytes(whole)
    for label, after, name, value in names:
        # What could not be computed, as in a piece of a datagram, is still 0.
        if computed := getattr(after, name):
            found[label] = computed == value
    return found
