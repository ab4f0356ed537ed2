"""Attributes of packet classes that no field is: names that dpkt keeps beside its views, and the lists of layers shown inside others.

What is read from bytes is a field and the engine's; nothing here reads a byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from unwire.declare import engine_half

T = TypeVar("T")


class derived(Generic[T]):  # noqa: N801 (a decorator, as `property` is)
    """An attribute that is computed until it is set, and absent once it is deleted: names that dpkt keeps beside its views.

    With `kept=True` the first value stays: a list or dictionary that may be changed in place. With `field="nxt"` it is that field's value as long
    as the packet is as it was read and nothing is folded into it: the engine gives it then, and the function is not asked.
    """

    def __init__(self, function: Callable[[Any], T], kept: bool = False, field: str | None = None) -> None:
        self.function, self.kept, self.field, self.__doc__ = function, kept, field, function.__doc__

    @classmethod
    def keeping(cls, function: Callable[[Any], T]) -> derived[T]:
        """The decorator of an attribute whose first value stays."""
        return cls(function, kept=True)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        beside = instance.__dict__
        if self.name in beside:
            return beside[self.name]  # type: ignore[no-any-return]
        if without(self.name) in beside:
            raise AttributeError(f"{owner.__name__}.{self.name} was deleted")
        found = self.function(instance)
        if self.kept:
            beside[self.name] = found
        return found

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__.pop(without(self.name), None)
        instance.__dict__[self.name] = value

    def __delete__(self, instance: Any) -> None:
        if without(self.name) in instance.__dict__:
            raise AttributeError(f"{type(instance).__name__}.{self.name} was deleted")
        instance.__dict__.pop(self.name, None)
        instance.__dict__[without(self.name)] = True


def without(name: str) -> str:
    """Where an object remembers that an attribute was deleted."""
    return f"_without_{name}"


class Folded(derived[list[Any]]):
    """The list of layers that an object shows as its own. What is read or set is kept on the object."""

    def __init__(self, view: str) -> None:
        self.name, self.optional = view.rstrip("?"), view.endswith("?")
        super().__init__(self._find, kept=True)
        self.__doc__ = None

    def _find(self, instance: Any) -> list[Any]:
        found: list[Any] = engine_half.engine.folded(instance, self.name)
        if not found and self.optional:
            raise AttributeError(f"{type(instance).__name__}.{self.name}: the packet has none")
        return found


class Absent:
    """A field of the class it derives from, in a class that has fields of its own instead."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}")
