"""How a field's value is shown as an attribute where that is more than the wire has: named numbers, booleans, values that may be absent, and
whatever a protocol turns them into. Columns and filters have the value of the wire. Nothing here reads a byte.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

from unwire.declare.words import Spec


def same(value: Any) -> Any:
    """Return the value as it is."""
    return value


@dataclass
class Shown:
    """From the value on the wire to the one that is shown, and back. An `optional` one that is absent is None."""

    read: Callable[[Any], Any] = same
    write: Callable[[Any], Any] = same
    optional: bool = False
    #: A class whose instances have the slots `all`, the value, and `area`, this: the engine makes one instead of calling `read`.
    wraps: ClassVar[type | None] = None


class Named(IntEnum):
    """Numbers with names. One without a name is a value all the same, `Unassigned_` and the number."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if not isinstance(value, int) or not 0 <= value <= 0xFFFF:
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"Unassigned_{value}", value
        return cls._value2member_map_.setdefault(value, member)


class presence:  # noqa: N801 (a descriptor, as `property` is)
    """A field whose presence a flag states: writing the one writes the other; None is absent, and so are then the fields `along` with it.

    `wide` is the flag that states the longer of two forms; it is set where the value needs it.
    """

    def __init__(self, field: str, flag: str, wide: str | None = None, along: tuple[str, ...] = ()) -> None:
        self.field, self.flag, self.wide, self.along = field, flag, wide, along

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else getattr(instance, self.field)

    def __set__(self, instance: Any, value: int | None) -> None:
        setattr(instance, self.flag, value is not None)
        if self.wide and value is not None and value >> 32:
            setattr(instance, self.wide, True)
        setattr(instance, self.field, value)
        if value is None:
            for field in self.along:
                setattr(instance, field, None)


def unwrapped(hint: Any) -> tuple[Any, bool]:
    """Return an annotation without its ``| None``, and whether it had one."""
    if get_origin(hint) in (Union, types.UnionType):
        others = [one for one in get_args(hint) if one is not type(None)]
        if len(others) == 1 and len(others) < len(get_args(hint)):
            return others[0], True
    return hint, False


def conversion(spec: Any, hint: Any) -> Shown | None:
    """Return how a field is shown: as its word says, else as its annotation does."""
    while isinstance(spec, Spec) and spec.word == "when":
        spec = spec.given["then"]
    hint, optional = unwrapped(hint)
    if isinstance(spec, Spec) and spec.shown is not None:
        if optional:
            spec.shown.optional = True
        return spec.shown  # type: ignore[no-any-return]
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if isinstance(kind, type) and issubclass(kind, Named):
        return Shown(kind, same, optional)
    if kind is bool and get_origin(hint) is Annotated:
        return Shown(bool, int, optional)
    return Shown(optional=True) if optional else None


def conversions(cls: type, hints: Mapping[str, Any], inherited: Mapping[str, Shown]) -> dict[str, Shown]:
    """Return how the fields of a class are shown, by name; one declared again is shown as it says then."""
    found = {name: conversion(cls.__dict__.get(name), hint) for name, hint in hints.items()}
    return {name: shown for name, shown in {**inherited, **found}.items() if shown is not None}
