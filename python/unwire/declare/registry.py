"""Every declared class, and which of them the engine's own schema does not hold yet. No checks (layers.py) and no engine here."""

from __future__ import annotations

from typing import Any

#: The version of the schema's form; the engine refuses another.
VERSION = 1


class Registry:
    """Declared layers by id, in the order they were made; a class made again replaces its predecessor."""

    def __init__(self) -> None:
        self.layers: dict[str, dict[str, Any]] = {}
        self.classes: dict[str, type] = {}
        self.numbers: dict[tuple[str, int], str | None] = {}
        self.generation = 0

    def add(self, cls: type, layer: dict[str, Any]) -> None:
        """Enter a class. The next open, packets or compile sees it."""
        self.layers.pop(layer["id"], None)
        self.layers[layer["id"]] = layer
        self.classes[layer["id"]] = cls
        self.generation += 1

    def remove(self, id: str) -> None:
        """Forget a class."""
        del self.layers[id], self.classes[id]
        self.generation += 1

    def give(self, space: str, number: int, cls: type | None) -> None:
        """Let one class alone answer to a number of a space, or none."""
        layer = None if cls is None else cls.__dict__["__layer__"]["id"]
        self.numbers[space, number] = layer
        self.generation += 1

    def document(self, layers: list[dict[str, Any]]) -> dict[str, Any]:
        """Return layers as a schema document."""
        numbers = [{"space": space, "key": number, "layer": layer} for (space, number), layer in self.numbers.items()]
        return {"version": VERSION, "layers": layers, **({"numbers": numbers} if numbers else {})}

    def overlay(self, known: frozenset[str]) -> list[dict[str, Any]]:
        """Return the layers that are not among the ids the engine was built with."""
        return [layer for id, layer in self.layers.items() if id not in known]


registry = Registry()
