"""Decode-as: what numbers mean in one reading of captures, as ``tshark -d`` has it. The rules give a schema; how it is used, others know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from unwire import _engine
from unwire.errors import FilterError
from unwire.suggest import suggest

#: Rules as `open` takes them: ``"tcp.port==8888,http"``, several of them, or ``{"tcp.port==8888": "http"}``.
Rules = str | Sequence[str] | Mapping[str, str]

_RULE = re.compile(r"\s*(?P<table>[\w.]+)\s*==\s*(?P<numbers>[^,]*?)\s*,\s*(?P<protocol>[\w.]*)\s*")
_NUMBERS = re.compile(r"(?P<first>0[xX][0-9a-fA-F]{1,16}|\d{1,19})(?:\s*(?P<sign>[-:])\s*(?P<other>0[xX][0-9a-fA-F]{1,16}|\d{1,19}))?")
#: Numbers that one rule names at most: all ports there are.
_MOST = 1 << 16
#: What leaves a payload as bytes.
_NOBODY = "data"


def listed(rules: Rules) -> tuple[str, ...]:
    """Return rules one by one, as they are written."""
    if isinstance(rules, str):
        return (rules,)
    if isinstance(rules, Mapping):
        return tuple(f"{numbers},{protocol}" for numbers, protocol in rules.items())
    return tuple(rules)


def overlay(schema: _engine.Schema, rules: Sequence[str]) -> _engine.Schema:
    """Return the schema in which these rules hold; `FilterError` says what is wrong with one, where, and what may be meant."""
    numbers = [number for rule in rules for number in _read(schema, rule)]
    return schema.overlay(json.dumps({"version": 1, "layers": [], "numbers": numbers}))


def _members(schema: _engine.Schema, table: str) -> list[str]:
    """Return the classes that answer to the numbers of a table."""
    return list(dict.fromkeys(one for _, classes in schema.space(table) or () for one in classes))


def _is_of_payloads(schema: _engine.Schema, table: str) -> bool:
    """Whether a table is one in which payloads are looked up, and not parts such as options."""
    return not any(_layer(schema, one)["part"] for one in _members(schema, table))


def _layer(schema: _engine.Schema, cls: str) -> dict[str, object]:
    found = schema.layer(cls)
    assert found is not None
    return found


def _read(schema: _engine.Schema, rule: str) -> Iterator[dict[str, object]]:
    if not isinstance(rule, str):
        raise TypeError(f"a rule is a str such as 'tcp.port==8888,http', not {type(rule).__name__}")
    found = _RULE.fullmatch(rule)
    if not found:
        raise FilterError("a rule is TABLE==NUMBER,PROTOCOL such as tcp.port==8888,http", rule, (0, max(1, len(rule))))
    table, protocol = found["table"], found["protocol"]
    lookups = frozenset(schema.lookups())
    if table not in lookups or not _is_of_payloads(schema, table):
        tables = sorted(name for name in lookups if _is_of_payloads(schema, name))
        hint = suggest(table, tables) or f"; there are {', '.join(tables[:8])} …"
        raise FilterError(f"unknown table {table!r}{hint}", rule, found.span("table"))
    cls = None if protocol == _NOBODY else _class_of(schema, table, protocol)
    if cls is None and protocol != _NOBODY:
        at = found.span("protocol")
        raise FilterError(f"unknown protocol {protocol!r}{suggest(protocol, [_NOBODY, *schema.layer_names()])}", rule, (at[0], max(at[1], at[0] + 1)))
    for number in _numbers(rule, found, _largest(schema, table)):
        yield {"space": table, "key": number, "layer": cls}


def _largest(schema: _engine.Schema, table: str) -> int:
    """Return the largest number that a table's field can have: the column of its name says how wide that is."""
    kind = next((str(column["type"]) for column in schema.columns() if column["name"] == table), "")
    bits = int(kind.removeprefix("UInt")) if re.fullmatch(r"UInt\d+", kind) else 64
    # Some tables have numbers of their own beyond those of the field.
    return int(max((1 << bits) - 1, *(number for number, _ in schema.space(table) or ((0, ()),))))


def _numbers(rule: str, found: re.Match[str], largest: int) -> range:
    at = found.span("numbers")
    at = (at[0], max(at[1], at[0] + 1))
    said = _NUMBERS.fullmatch(found["numbers"])
    if not said:
        raise FilterError("a number is needed, or a range of them: 8888, 8888-8890, 8888:3", rule, at)
    first, other = _number(said["first"]), _number(said["other"] or "1")
    last = other if said["sign"] == "-" else first + other - 1
    if last < first or last - first >= _MOST or last >= 1 << 64:
        raise FilterError(f"a range has 1 to {_MOST:,} numbers, the smaller one first", rule, at)
    if last > largest:
        raise FilterError(f"{found['table']} is 0 to {largest}, not {last}", rule, at)
    return range(first, last + 1)


def _number(text: str) -> int:
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def _class_of(schema: _engine.Schema, table: str, protocol: str) -> str | None:
    """Return the class that a protocol's name means in a table: one that is there, perhaps behind a header of its own, or one of another table."""
    here = _members(schema, table)
    for cls in here:
        if _layer(schema, cls)["name"] == protocol:
            return cls
    for cls in here:
        layer = _layer(schema, cls)
        behind = layer["next"] if layer["name"] is None else ()
        assert isinstance(behind, (list, tuple))
        if any(_layer(schema, one)["name"] == protocol for space in behind for one in _members(schema, space)):
            return cls
    named = [cls for cls in schema.classes() if (layer := _layer(schema, cls))["name"] == protocol and not layer["part"]]
    # Of several of one name that which answers to a number is what others carry.
    return next((cls for cls in named if _layer(schema, cls)["over"]), named[0] if named else None)
