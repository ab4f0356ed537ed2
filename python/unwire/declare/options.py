"""Lists of options as a mapping, for any protocol that has an open family of them: reading, changing, building, registering. What an option
is on the wire is declared in the protocol's file and read by the engine; nothing here reads a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import WeakKeyDictionary

from unwire.declare.errors import DeclarationError
from unwire.declare.face import plain
from unwire.declare.registered import candidates, discriminators, pair_of, reason_of
from unwire.declare.shown import Shown

#: The names of what options hold, by class.
_HELD: WeakKeyDictionary[type, list[str]] = WeakKeyDictionary()


class OptionFace:
    """What options can do beside their fields; the root of a family derives from it before `Part`. Options are equal if their bytes are."""

    #: Keywords of `make` that are no field's name, with the field that each gives.
    __keywords__: ClassVar[dict[str, str]] = {}
    #: What `make` gives to fields that no keyword names.
    __made__: ClassVar[dict[str, Any]] = {}
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptionFace) and bytes(self) == bytes(other)  # type: ignore[call-overload]

    @property
    def code(self) -> int:
        """The number that says what option this is, as it stands on the wire."""
        code: int = getattr(self, str(key_of(type(self))))
        return code

    @classmethod
    def names(cls) -> list[str]:
        """The attributes that an option is made of, but for its number."""
        return [name for name in names_of(cls) if name != key_of(cls)]

    @property
    def reason(self) -> str | None:
        """Why the option is bad: None for a good one."""
        return reason_of(self)

    def _said(self) -> Iterator[tuple[str, Any]]:
        """Names and values as they are shown: what says more than that it is this option."""
        cls: Any = type(self)
        told = {*discriminators(cls), *([key_of(cls)] if len(numbers_of(cls)) == 1 else [])} if cls.__layer__["over"] else set()
        for name in names_of(cls):
            value = getattr(self, name, None)
            if value is not None and name not in told:
                yield name, value
        if self.reason is not None:
            yield "reason", self.reason

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._said())})"

    @classmethod
    def make(cls, **keywords: Any) -> Self:
        """Make an option of keywords: names of fields, and those that PyPCAPKit has for them."""
        given = {field: value for name, value in keywords.items() if (field := field_of(cls, name, value)) is not None}
        return cls(**{name: value for name, value in {**cls.__made__, **given}.items() if value is not None})

    def _keyword(self, name: str, value: Any) -> None:
        """Take a keyword of the constructor that is no field's name, as `make` does."""
        if (field := field_of(type(self), name, value)) is not None:
            setattr(self, field, value)


def held(option: Any) -> dict[str, Any]:
    """What an option holds by name, for JSON: without what is absent, and without its number."""
    cls = type(option)
    if (names := _HELD.get(cls)) is None:
        names = _HELD[cls] = cls.names()
    return {name: plain(value) for name in names if (value := getattr(option, name, None)) is not None}


def field_of(cls: Any, name: str, value: Any) -> str | None:
    """The attribute that a keyword gives; None if it only says what is so."""
    if not takes(cls, name, value):
        raise TypeError(f"{cls.__name__} has no {name!r}; it takes {', '.join(sorted({*cls.__keywords__, *names_of(cls)})) or 'nothing'}")
    return None if _is_constant(cls, name) else cls.__keywords__.get(name, name)


def takes(cls: Any, name: str, value: Any) -> bool:
    """True if a class has what a keyword speaks of: a field, a name for one, a property, or a constant of just that value."""
    if _is_constant(cls, name):
        return bool(getattr(cls, name) == value)
    return name in cls.__keywords__ or hasattr(cls, name)


def _is_constant(cls: Any, name: str) -> bool:
    return isinstance(getattr(cls, name, None), int)


def names_of(cls: Any) -> list[str]:
    """The attributes that an option is made of."""
    fields = {one["name"] for one in cls.__layer__["fields"]}
    return [*_public(cls), *(shown for shown in cls.__shown__ if shown not in fields)]


def _public(cls: Any) -> list[str]:
    """The fields that say what an option holds: neither sizes nor what is computed, nor the parts of its number."""
    names, above = [], None
    for one in cls.__layer__["fields"]:
        kind = one["type"]
        while kind["t"] == "when":
            kind = kind["then"]
        above = above if kind["t"] == "bits" else one["name"]
        part = kind["t"] == "bits" and above == key_of(cls)
        # What is counted from a field is no size but a place: a route's pointer.
        size = "length" in one and (one["length"]["of"] in ("layer", "header", "part") or one["length"].get("value") is None)
        if not (one["name"].startswith("_") or kind["t"] in ("column", "reading") or size or part):
            names.append(one["name"])
    return names


def key_of(cls: Any) -> str | None:
    """The name of the field that says what option it is."""
    links = cls.__layer__["next"]
    return str(links[0]["keys"][0]) if links else None


class Options(MutableMapping[int, Any]):
    """Options by number, in their order, repeats kept: `options[8]` is the first with that number, `getlist(8)` are all, `all` is the whole list.

    As a mapping it has each number once. Changes, here or in an option, are in the packet's bytes.
    """

    # One is made for each area that is looked at.
    __slots__ = ("all", "area")

    if TYPE_CHECKING:
        # As a field it is given as it is and takes what users write.
        def __get__(self, instance: object, owner: type) -> Options: ...
        def __set__(self, instance: object, value: Any) -> None: ...

    def __init__(self, options: Iterable[Any] = (), area: Area | None = None) -> None:
        self.all: list[Any] = list(options)
        self.area = area

    @staticmethod
    def _number(option: Any) -> int | None:
        return getattr(option, "code", None)

    def __getitem__(self, number: int) -> Any:
        for option in self.all:
            if self._number(option) == number:
                return self._parsed(option)
        raise KeyError(number)

    def _parsed(self, option: Any) -> Any:
        """What is shown of an option: what a registered parser makes of it, else itself."""
        if self.area is None or not isinstance(option, OptionFace):
            return option
        pair = pair_of(self.area.family, int(option.code), lambda name: getattr(option, name, None))
        return option if pair is None else pair[0](option, options=self)

    def __setitem__(self, number: int, option: Any) -> None:
        places = [at for at, one in enumerate(self.all) if self._number(one) == number]
        if not places:
            return self.add(number, option)
        self.all[places[0]] = self._made(number, option)
        for at in reversed(places[1:]):
            del self.all[at]

    def __delitem__(self, number: int) -> None:
        kept = [option for option in self.all if self._number(option) != number]
        if len(kept) == len(self.all):
            raise KeyError(number)
        self.all[:] = kept

    def __iter__(self) -> Iterator[int]:
        return iter(dict.fromkeys(number for option in self.all if (number := self._number(option)) is not None))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self.all)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Options):
            return self.all == other.all
        return self.all == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Options({self.all!r})"

    def getlist(self, number: int) -> list[Any]:
        """Return every option with this number, in order."""
        return [self._parsed(option) for option in self.all if self._number(option) == number]

    def items(self, multi: bool = False) -> Any:
        """Return numbers with their first option, or with `multi` one pair for every option."""
        return [(self._number(option), self._parsed(option)) for option in self.all] if multi else [(number, self[number]) for number in self]

    def values(self, multi: bool = False) -> Any:
        """Return the first option of each number, or with `multi` every option."""
        return [option for _, option in self.items(multi)]

    def lists(self) -> list[tuple[int, list[Any]]]:
        """Return numbers with all their options."""
        return [(number, self.getlist(number)) for number in self]

    def add(self, number: int | Any, option: Any = None) -> None:
        """Add an option behind the others, before the padding: as an object, as bytes, or as a number with keywords."""
        made = number if option is None else self._made(number, option)
        end = len(self.all)
        while end and self.area is not None and getattr(self.all[end - 1], "code", None) in self.area.padding:
            end -= 1
        self.all[end:] = self.area.members([made]) if self.area is not None else [made]

    def _made(self, number: int, option: Any) -> Any:
        if isinstance(option, Mapping):
            if self.area is None:
                raise TypeError("options of no packet are given as objects or bytes, not as keywords")
            return self.area.member(number, option)
        return option

    @property
    def bad(self) -> list[Any]:
        """The options that are not as their rules say; each has its `reason`."""
        return [option for option in self.all if getattr(option, "reason", None) is not None]

    @property
    def packed(self) -> bytes:
        """The options as they are sent, padding included."""
        return (
            self.area.packed(self.all)
            if self.area is not None
            else b"".join(bytes(one_option(one, at, len(self.all))) for at, one in enumerate(self.all, 1))
        )


@dataclass
class Area(Shown):
    """Where options of a family stand in a packet: `unit` and `start` say what they are padded to, `most` how many bytes there is room for,
    `filling` what padding looks like and `padding` which numbers it has; `single` are the numbers of options that are one octet, and `counted`
    how many octets the length of the others counts beside their value.
    """

    family: Any = None
    unit: int = 4
    start: int = 0
    most: int | None = None
    filling: Callable[[int], bytes] = bytes
    padding: tuple[int, ...] = (0,)
    single: tuple[int, ...] = (0, 1)
    counted: int = 2
    title: str = "options"
    owner: Any = None
    # What was read is shown by the engine.
    wraps: ClassVar[type | None] = Options

    def __post_init__(self) -> None:
        self.write = self._given

    def belong(self, owner: type, name: str, of: str) -> None:
        """Say whose area it is: the class, the field that is the list, and the one that is its bytes."""
        self.owner, self.title = (owner, name, of), f"{owner.__name__}.{name}"

    def _given(self, value: Any) -> Options:
        # What was read keeps its own padding; what is made is padded at the end.
        return value if isinstance(value, Options) and value.area is not None else Options(self.members(value), self)

    def members(self, given: Any) -> list[Any]:
        """Return options of what users write: objects, (number, keywords), bytes, and (number, bytes) as dpkt's `parse_opts` gives them."""
        if isinstance(given, bytes | bytearray | memoryview):
            return self.parsed(bytes(given)) if given else []
        if isinstance(given, Options):
            return list(given.all)
        if isinstance(given, Mapping):
            given = list(given.items())
        found: list[Any] = []
        given = list(given)
        if self.most is not None and len(given) > self.most + 1:
            # Each takes an octet at least: one of the first has no room, and the others need not be made.
            self.packed(self.members(given[: self.most + 1]), len(given))
        for at, one in enumerate(given, 1):
            if isinstance(one, bytes | bytearray | memoryview):
                found.append(bytes(one))
            elif isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], Mapping):
                found.append(self.member(one[0], one[1]))
            elif isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], bytes | bytearray | memoryview):
                found.append(self.plain(int(one[0]), bytes(one[1])))
            elif isinstance(one, tuple) and len(one) == 2:
                found.append(one[1])
            else:
                found.append(one_option(one, at, len(given), self.title))
        return found

    def plain(self, number: int, value: bytes) -> Any:
        """Return an option of its number and the octets behind its length."""
        sent = bytes([number]) if number in self.single and not value else bytes([number, len(value) + self.counted]) + value
        # It is read as the first of an area that has room for it.
        missing = -(self.start + len(sent)) % self.unit
        return next(iter(self.parsed(sent + self.filling(missing))), sent)

    def member(self, number: int, keywords: Mapping[str, Any]) -> Any:
        """Make an option of its number and keywords."""
        if (pair := pair_of(self.family, int(number), lambda name: keywords.get(name, 0))) is not None:
            return pair[1](number, **keywords)
        classes = candidates(self.family, int(number))
        if not classes:
            raise DeclarationError(f"{self.family.__name__}: no class for option {int(number)}")
        named = {key: value for key, value in keywords.items() if not key.endswith(("_default", "_namespace", "_reversed"))}
        chosen = chosen_of(classes, named)
        return chosen.make(**(named if numbers_of(chosen)[:1] == [int(number)] else {**named, str(key_of(chosen)): int(number)}))

    def parsed(self, data: bytes) -> list[Any]:
        """Return the options in an area that is all there is of it."""
        owner, name, of = self.owner
        found: Options = getattr(owner(**{of: data}), name)
        return found.all

    def packed(self, options: list[Any], of: int | None = None) -> bytes:
        """Return options as they are sent, and raise PackError for the first that has no room; `of` is how many there are, if these are the first."""
        out, of = bytearray(), of or len(options)
        for at, option in enumerate(options, 1):
            made = bytes(one_option(option, at, of, self.title))
            if self.most is not None and len(out) + len(made) > self.most:
                what = option.hex() if isinstance(option, bytes) else type(option).__name__
                text = f"{self.title}: option {at} of {of} ({what}, {len(made)} bytes) does not fit: {len(out)} of {self.most} are taken"
                raise errors().PackError(text)
            out += made
        missing = -(self.start + len(out)) % self.unit
        return bytes(out) + (self.filling(missing) if missing else b"")

    def check(self, options: Options, error: type[Exception]) -> None:
        """Raise an error for the first option that is not as its rules say."""
        for option in options.bad:
            raise error(f"{self.title.partition('.')[0]}: [OptNo {int(option.code)}] invalid format: {option.reason}")


def one_option(given: Any, at: int, of: int, title: str = "options") -> Any:
    """Return the option at a place as it was given; a number is none, and `bytes` would make as many zeros of it."""
    if isinstance(given, int | str) or not (isinstance(given, bytes | bytearray | memoryview) or hasattr(given, "__bytes__")):
        raise TypeError(f"{title}: option {at} of {of} is {given!r}; an option is an object, bytes, or a number with one of them or with keywords")
    if isinstance(given, OptionFace) and not numbers_of(type(given)) and not given.code and given.raw is None:  # type: ignore[attr-defined]
        name = type(given).__name__
        raise TypeError(
            f"{title}: option {at} of {of} is {name}, which answers to no number yet: register_option(number, {name}), or give its number"
        )
    return given


def chosen_of(classes: list[Any], keywords: Mapping[str, Any]) -> Any:
    """Of classes that answer to one number, return the one that keywords mean: whose tests they pass, and which has all that they name."""

    def agrees(cls: Any) -> bool:
        told = discriminators(cls)
        return bool(told) and all(keywords.get(name, 0) == value for name, value in told.items())

    def has_all(cls: Any) -> bool:
        return all(takes(cls, name, value) for name, value in keywords.items())

    agreeing = [cls for cls in classes if agrees(cls)] or [cls for cls in classes if not discriminators(cls)] or classes
    return next(filter(has_all, agreeing), agreeing[0])


def numbers_of(cls: type) -> list[int]:
    """The numbers that a class of a family answers to."""
    return [key for over in cls.__layer__["over"] for key in over["keys"]]  # type: ignore[attr-defined]


def errors() -> Any:
    """The package's errors, which declarations do not need."""
    import importlib

    return importlib.import_module("unwire.errors")


def strict(packet: Any) -> Any:
    """Return a packet whose options are all as their rules say; else raise UnpackError."""
    for layer in packet.layers:
        for name, shown in type(layer).__conversions__.items():
            if isinstance(shown, Area):
                shown.check(getattr(layer, name), errors().UnpackError)
    return packet
