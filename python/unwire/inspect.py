"""What is declared: columns, layouts, numbers, as the engine has them. Reads the schema; knows no protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unwire import schema
from unwire.errors import UnknownField
from unwire.suggest import quoted, suggest


@dataclass(frozen=True)
class Column:
    """A column: its name, the Arrow type of a value, whether a row is a list, where its values come from, what they mean."""

    name: str
    type: str
    list: bool
    gathers: bool
    sources: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class Field:
    """A field of a layout: attribute, kind, place (bytes behind an anchor; anchor 0 is the start), size (None if variable), columns, labels."""

    name: str
    kind: str
    anchor: int
    offset: int
    size: int | None
    column: str | None
    also: tuple[str, ...]
    names: dict[int, str]


@dataclass(frozen=True)
class Protocol:
    """A declared layer: class, name in frame.protocols, title, fields, the numbers it answers to and the spaces its payload is looked up in."""

    cls: str
    name: str | None
    title: str
    part: bool
    fields: tuple[Field, ...]
    over: dict[str, tuple[int, ...]]
    next: tuple[str, ...]


def columns(word: str = "") -> list[Column]:
    """Return the columns whose name holds `word`, sorted by name."""
    found = []
    for column in schema.current().columns():
        if word.lower() in column["name"].lower():
            sources = tuple(f"{cls.rpartition('.')[2]}.{field}" for cls, field, _ in column["sources"])
            title = column.get("title", "")
            if column.get("told"):
                # An ordered pass tells it of the layer: it has no field there, but words.
                title = column["sources"][0][1]
                sources = tuple(dict.fromkeys(cls.rpartition(".")[2] for cls, _, _ in column["sources"]))
            found.append(Column(column["name"], column["type"], column["list"], column["gathers"], sources, title))
    return sorted(found, key=lambda column: column.name)


def protocols() -> list[Protocol]:
    """Return every declared layer and part, sorted by class."""
    current = schema.current()
    return [_protocol(layer) for cls in sorted(current.classes()) if (layer := current.layer(cls))]


def protocol(name: str) -> list[Protocol]:
    """Return the layers of that class or that name in frame.protocols; an unknown name raises `unwire.UnknownField`."""
    everything = protocols()
    found = [p for p in everything if name in (p.name, p.cls, p.cls.rpartition(".")[2])]
    if not found:
        known = {p.name for p in everything if p.name} | {p.cls.rpartition(".")[2] for p in everything}
        raise UnknownField(f"unknown protocol {quoted(name)}{suggest(name, known)}")
    return found


def _protocol(layer: dict[str, Any]) -> Protocol:
    fields = tuple(
        Field(f["name"], f["kind"], f["anchor"], f["offset"], f["size"], f["column"], tuple(f["also"]), dict(f["names"])) for f in layer["fields"]
    )
    over = {space: tuple(keys) for space, keys in layer["over"]}
    return Protocol(layer["class"], layer["name"], layer["title"], layer["part"], fields, over, tuple(layer["next"]))
