"""Long lists of plain literals in braces, read at once: numbers with their ranges, addresses, texts without escapes. Whatever is not that plain is
left to the grammar (display.py), which says the same of it and where it is wrong.
"""

from __future__ import annotations

import re
import socket
from typing import NamedTuple

from unwire.filters.literals import Kind

#: Plain numbers are decimal or hexadecimal; a zero in front would make them octal.
_NUMBER = r"(?:0[xX][0-9A-Fa-f]{1,16}|0|[1-9][0-9]{0,18})"
_RANGE = re.compile(rf"({_NUMBER})(?:\s*\.\.\s*({_NUMBER}))?")
_TEXT = re.compile(r'"([^"\\]*)"')


def _list(item: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\s*{item}\s*,)*+\s*{item}\s*\}}", re.ASCII)


_NUMBERS = _list(rf"{_NUMBER}(?:\s*\.\.\s*{_NUMBER})?")
_ADDRESSES = _list(r"[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?")
_STATIONS = _list(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_TEXTS = _list(_TEXT.pattern)


class Listed(NamedTuple):
    """What a list holds, as pairs of the least and the greatest value: numbers, or bytes in hexadecimal; and where its brace is."""

    end: int
    numbers: list[tuple[int, int]]
    texts: list[tuple[str, str]]


def listed(kind: Kind, expression: str, at: int) -> Listed | None:
    """Return the list of values of a kind whose first item stands at a place; None if it is not plain."""
    if kind.name in ("uint", "int") and (found := _NUMBERS.match(expression, at)):
        most = (1 << (8 * kind.width - (kind.name == "int"))) - 1
        pairs = [(int(low, 0), int(high or low, 0)) for low, high in _RANGE.findall(expression, at, found.end())]
        return Listed(found.end() - 1, pairs, []) if max(map(max, pairs)) <= most else None
    if kind.name in ("ip4", "ip6") and (found := _ADDRESSES.match(expression, at)):
        items = expression[at : found.end() - 1].split(",")
        return _addresses(socket.AF_INET if kind.name == "ip4" else socket.AF_INET6, items, found.end() - 1)
    if kind.name == "mac" and kind.width == 6 and (found := _STATIONS.match(expression, at)):
        texts = [item.strip().replace(":", "").lower() for item in expression[at : found.end() - 1].split(",")]
    elif kind.name == "text" and (found := _TEXTS.match(expression, at)):
        texts = [text.encode("utf-8", "surrogatepass").hex() for text in _TEXT.findall(expression, at, found.end())]
    else:
        return None
    return Listed(found.end() - 1, [], [(text, text) for text in texts])


def _addresses(family: int, items: list[str], end: int) -> Listed | None:
    bits = 32 if family == socket.AF_INET else 128
    pairs = []
    for item in items:
        address, _, prefix = item.strip().partition("/")
        try:
            value = int.from_bytes(socket.inet_pton(family, address))
        except OSError:
            return None
        rest = bits - int(prefix or bits)
        if rest < 0:
            return None
        low = value >> rest << rest
        pairs.append((low, low | (1 << rest) - 1))
    if family == socket.AF_INET:
        return Listed(end, pairs, [])
    return Listed(end, [], [(f"{low:032x}", f"{high:032x}") for low, high in pairs])
