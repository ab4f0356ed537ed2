"""A number space as a mapping, for those who look up or change which class answers to a number: dpkt's `_typesw`, `_protosw`, `set_type`.

A change holds for packets that are read from then on. Nothing is looked up in bytes here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from unwire.declare import engine_half
from unwire.declare.registry import registry


class Numbers(MutableMapping[int, Any]):
    """The classes that answer to the numbers of a space; two mappings over one space are one."""

    def __init__(self, space: str) -> None:
        self.space = space
        # dpkt's mappings are dictionaries and take any key; what is no number is only kept.
        self._others: dict[Any, Any] = {}

    @staticmethod
    def _schema() -> Any:
        # The schema in force is the engine's, which declarations do not need.
        return importlib.import_module("unwire.schema")

    def __getitem__(self, number: int) -> Any:
        if not isinstance(number, int):
            return self._others[number]
        schema = self._schema()
        found = schema.current().find(self.space, number) if number >= 0 else None
        cls = None if found is None else schema.class_of(found)
        if cls is None:
            raise KeyError(number)
        return cls

    def __setitem__(self, number: int, cls: Any) -> None:
        if isinstance(number, int):
            self._give(number, cls)
        else:
            self._others[number] = cls

    def __delitem__(self, number: int) -> None:
        self[number]
        if isinstance(number, int):
            self._give(number, None)
        else:
            del self._others[number]

    def _give(self, number: int, cls: Any) -> None:
        registry.give(self.space, number, cls)
        engine_half.touch()

    def __iter__(self) -> Iterator[int]:
        return (number for number, classes in self._schema().current().space(self.space) or () if classes)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Numbers({self.space!r})"

    @property
    def by_class(self) -> Mapping[type, int]:
        """The other direction: the number that a class answers to, as dpkt's `_typesw_rev` has it."""
        return _ByClass(self)

    def number_of(self, cls: type) -> int:
        """The number that was given to a class last, else the first that it declares; KeyError if it answers to none."""
        return self.numbers_of(cls)[0]

    def numbers_of(self, cls: type) -> list[int]:
        """All numbers that a class answers to, those given to it first."""
        layer = cls.__dict__.get("__layer__", {})
        given = [number for (space, number), id in reversed(registry.numbers.items()) if space == self.space and id and id == layer.get("id")]
        declared = [key for over in layer.get("over", ()) if over["space"] == self.space for key in over["keys"]]
        if not given and not declared:
            raise KeyError(cls)
        return [*given, *declared]


class _ByClass(Mapping[type, int]):
    """A number space as it is now, asked by class."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def __getitem__(self, cls: type) -> int:
        return self._numbers.number_of(cls)

    def __iter__(self) -> Iterator[type]:
        return iter(dict.fromkeys(self._numbers.values()))

    def __len__(self) -> int:
        return len(set(self._numbers.values()))
