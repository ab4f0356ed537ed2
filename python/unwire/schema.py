"""The schema in force: the engine's own, and on top of it whatever classes have been declared since. No layout is known here."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unwire._engine import Schema
from unwire.errors import UnknownField
from unwire.suggest import quoted, suggest

if TYPE_CHECKING:
    from unwire.declare.registry import Registry

#: Packages name their protocol modules in this entry-point group; they are loaded with the first schema.
ENTRY_POINTS = "unwire.protocols"

_built_in: Schema | None = None
_known: frozenset[str] = frozenset()
_current: tuple[int, Schema] | None = None
_good: frozenset[str] = frozenset()


def _registry() -> Registry | None:
    """Return what was declared; None if nothing that declares has been imported, which costs more than opening a capture."""
    module = sys.modules.get("unwire.declare.registry")
    return None if module is None else module.registry


def _load_entry_points() -> None:
    """Load the protocols of installed packages. Asking the library reads the metadata of every package; that one of them names the group is
    rare, and seen sooner.
    """
    if any(map(_may_name_the_group, sys.path)):
        from importlib import metadata

        for entry in metadata.entry_points(group=ENTRY_POINTS):
            entry.load()


def _may_name_the_group(folder: str) -> bool:
    # Paths are str here: every process looks at every installed package, and a Path for each would cost more than the looking.
    folder = folder or "."
    try:
        packages = [name for name in os.listdir(folder) if name.endswith("-info")]  # noqa: PTH208
    except OSError:
        return os.path.isfile(folder)  # noqa: PTH113 - an archive, which the library can read
    named = ENTRY_POINTS.encode()
    for package in packages:
        place = f"{folder}/{package}/entry_points.txt"
        # Most packages have none, and to be told so is cheaper than to fail.
        if os.access(place, os.R_OK):
            with contextlib.suppress(OSError), open(place, "rb", buffering=0) as file:  # noqa: PTH123
                if named in file.read():
                    return True
    return False


def current() -> Schema:
    """Return the schema of this moment. What is opened or compiled keeps the one it began with."""
    global _built_in, _known, _current, _good
    if _built_in is None:
        _built_in = Schema.built_in()
        _load_entry_points()
    registry = _registry()
    if registry is None:
        return _built_in
    if _current is None or _current[0] != registry.generation:
        _known = _known or frozenset(_built_in.classes())
        layers = registry.overlay(_known)
        schema = _built_in
        if layers or registry.numbers:
            try:
                schema = _built_in.overlay(json.dumps(registry.document(layers)))
                _check_spaces(layers, schema)
            except (ValueError, TypeError) as error:
                from unwire.declare.errors import DeclarationError

                # One wrong class must not stand in the way of all others: what came since the last good schema is withdrawn.
                for layer in layers:
                    if layer["id"] not in _good:
                        registry.remove(layer["id"])
                raise DeclarationError(str(error)) from None
        _good = frozenset(layer["id"] for layer in layers)
        _current = (registry.generation, schema)
    return _current[1]


def _check_spaces(layers: list[dict[str, Any]], schema: Schema) -> None:
    """Refuse a class that answers to a space in which nobody looks a payload up: its name is misspelt."""
    from unwire.declare.errors import DeclarationError

    asked = frozenset(schema.lookups())
    for layer in layers:
        for over in layer["over"]:
            if over["space"] not in asked:
                name = layer["id"].rpartition(".")[2]
                raise DeclarationError(f"{name}: no protocol looks its payload up in space {over['space']!r}{suggest(over['space'], asked)}")


def class_of(id: str) -> type | None:
    """Return the class that declares a layer; its module is imported if it was not."""
    from unwire.declare.registry import registry

    if id not in registry.classes:
        module = id
        while "." in module:
            module = module.rpartition(".")[0]
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(module)
                break
    cls = registry.classes.get(id)
    # A layer that differs from another only in where it stands is shown as that.
    return cls and cls.__dict__.get("__shown_as__", cls)


def load(path: str) -> None:
    """Run a Python file for the protocols that it declares (``--load my.py``)."""
    import runpy

    if not Path(path).is_file():
        raise FileNotFoundError(f"no protocol file {path!r}")
    runpy.run_path(path, run_name=f"unwire_loaded_{Path(path).stem}")


def columns(schema: Schema | None = None) -> dict[str, dict[str, Any]]:
    """Return every column by name: type, list, sources …"""
    return {column["name"]: column for column in (schema or current()).columns()}


def unknown(name: str, schema: Schema) -> UnknownField:
    """Return the error for a field that nobody declares, with the names that may have been meant."""
    known = [column["name"] for column in schema.columns()]
    hint = suggest(name, known)
    if not hint:
        last = name.rpartition(".")[2]
        alike = [k for k in known if k.rpartition(".")[2] == last][:3]
        hint = f"; did you mean {' or '.join(map(repr, alike))}?" if alike else "; `unwire fields` lists what there is"
    return UnknownField(f"unknown field {quoted(name)}{hint}")


def unknown_layer(name: str, schema: Schema) -> AttributeError:
    """Return the error for an attribute of a packet that no layer goes by."""
    hint = "" if name.startswith("_") else suggest(name, ["record", *schema.layer_names()])
    return AttributeError(f"a packet has no attribute {name!r}, and no protocol of that name is declared{hint}", name=name)
