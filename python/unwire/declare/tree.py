"""A packet drawn for reading: as a tree, a line for each layer and its fields below it, and as dpkt's `pprint` prints it. What an object is and
gives is in face.py; nothing here reads a byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unwire.declare.numbers import Numbers

#: Of longer values only the beginning is shown.
_SHOWN = 16
_INDENT = "  "


def drawn(packet: Any) -> str:
    """Return the packet as lines: addresses as text, numbers with their names, one-bit fields only where they are set."""
    lines: list[str] = []
    for layer in packet._layers():
        title = layer.__layer__.get("title")
        lines.append(type(layer).__name__ + (f": {title}" if title and title != type(layer).__name__ else ""))
        lines.extend(_INDENT + line for line in _below(list(_values(layer))))
        if layer.__layer__["kind"] == "packet" and isinstance(layer.data, bytes | bytearray | memoryview) and layer.data:
            lines.append(f"{_INDENT}data  {_octets(bytes(layer.data))}")
    return "\n".join(lines)


def pprint(packet: Any, indent: int) -> None:
    """Print the packet as dpkt does: every field of the header, then what is shown beside it, then the payload."""
    pad = " " * indent
    header = [(name, getattr(packet, name, None)) for name in packet.__public_fields__]
    beside = [(name, value) for name, value in packet._shown() if name not in packet.__public_fields__]
    print(f"{type(packet).__name__}(")
    for name, value in header + beside:
        if isinstance(value, list) and value and (name, value) in beside:
            print(f"{pad} {name}=[", *(f"{pad}   {one!r}," for one in value), f"{pad} ],", sep="\n")
            continue
        explain = packet.__pprint_funcs__.get(name)
        said = explain(value) if explain else None
        print(f"{pad} {name}={value!r},{f'  # {said}' if said is not None else ''}")
    data: Any = getattr(packet, "data", None)
    if hasattr(data, "pprint"):
        print(f"{pad} data=", end="")
        data.pprint(indent + 2)
    elif data:
        print(f"{pad} data={data!r}")
    print(f"{' ' * (indent - 1)})  # {type(packet).__name__}")


def _below(values: list[tuple[str, Any]]) -> Iterator[str]:
    """Lines of names and what they say, set in two columns; parts stand below their name."""
    width = max((len(name) for name, value in values if isinstance(value, str)), default=0)
    for name, value in values:
        if isinstance(value, str):
            yield f"{name:<{width}}  {value}".rstrip()
            continue
        yield name
        for part in value:
            yield _INDENT + type(part).__name__
            yield from (_INDENT * 2 + line for line in _below([*_values(part), *_carried(part)]))


def _carried(part: Any) -> Iterator[tuple[str, str]]:
    """What a part carries, where that is no field of it."""
    data = getattr(part, "data", None)
    if isinstance(data, bytes) and data and all(field["name"] != "data" or _kind(field)["t"] == "payload" for field in part.__layer__["fields"]):
        yield "data", _octets(data)


def _values(layer: Any) -> Iterator[tuple[str, Any]]:
    """Names with texts, or with lists of parts. What others are a reading or a sum of is left out."""
    fields = [field for field in layer.__layer__["fields"] if not field["name"].startswith("_") and field["name"] != "data"]
    for field in fields:
        if _kind(field)["t"] in ("column", "reading", "pad", "payload"):
            continue
        # A typed reading of bytes says more than the bytes.
        readings = [one for one in fields if _kind(one)["t"] == "reading" and _kind(one)["of"] == field["name"]]
        said = ((one, getattr(layer, one["name"], None)) for one in readings)
        one, value = next(((one, value) for one, value in said if value), (field, getattr(layer, field["name"], None)))
        if value is not None and (text := _text(layer, one, value)):
            yield field["name"], text
    for name, value in layer._drawn():
        yield name, list(value) if isinstance(value, list) and all(hasattr(one, "__layer__") for one in value) else _listed(value)


def _listed(value: Any) -> str:
    return ", ".join(map(_plain, value)) if isinstance(value, list | tuple) else _plain(value)


def _kind(field: dict[str, Any]) -> dict[str, Any]:
    kind: dict[str, Any] = field["type"]
    while kind["t"] == "when":
        kind = kind["then"]
    return kind


def _text(layer: Any, field: dict[str, Any], value: Any) -> str | list[Any]:
    if _kind(field).get("bool"):
        return "set" if value else ""
    if hasattr(value, "__layer__"):
        return [value]
    # A list of options is a mapping with the list in it.
    value = getattr(value, "all", value)
    if isinstance(value, list | tuple):
        parts = all(hasattr(one, "__layer__") for one in value)
        return list(value) if parts else ", ".join(map(_plain, value))
    if isinstance(value, bytes):
        return _plain(value)
    name = field.get("names", {}).get(str(value)) or _said(layer, field["name"], value) or ""
    text = f"{value:#x}" if field.get("base") == "hex" and isinstance(value, int) else str(value)
    return f"{text} ({name})" if name and name != text else text


def _said(layer: Any, name: str, value: Any) -> str | None:
    """What a number means: in dpkt's words, or the class that it announces."""
    if explain := layer.__pprint_funcs__.get(name):
        return str(explain(value))
    for link in layer.__layer__.get("next", ()):
        if link.get("keys") == [name] and (cls := Numbers(link["space"]).get(value)) not in (None, type(layer)):
            return str(cls.__name__)
    return None


def _plain(value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    return getattr(value, "text", None) or _octets(value)


def _octets(value: bytes) -> str:
    if not value:
        return ""
    shown = value[:_SHOWN].hex(" ") + (" …" if len(value) > _SHOWN else "")
    return f"{shown} ({len(value)} bytes)" if len(value) > 1 else shown
