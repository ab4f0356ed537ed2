"""Tables of names that others assign: services of ports, kinds of link. Read on first use from the text files beside this one; no logic."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def words(name: str, columns: int) -> list[list[str]]:
    """Return the lines of a file as so many words, without comments."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line.split(None, columns - 1) for line in text.splitlines() if line and not line.startswith("#")]


@cache
def services() -> dict[tuple[str, int], str]:
    """Return IANA's service names by transport and port, a selection."""
    return {(transport, int(port)): name for port, transports, name in words("ports.txt", 3) for transport in transports.split(",")}


@cache
def link_types() -> dict[int, str]:
    """Return the names of link types by LINKTYPE number, a selection."""
    return {int(number): name for number, name in words("link_types.txt", 2)}


def cipher_suites() -> list[tuple[int, list[str], str | None, str | None]]:
    """Return the cipher suites of TLS: number, the five parts of the name, and name and encoding where they are not made of these."""
    rows = [["" if word == "-" else word for word in row] for row in words("cipher_suites.txt", 8)]
    return [(int(row[0], 16), row[1:6], row[6] or None, row[7] or None) for row in rows]


def link_name(number: int | None) -> str:
    """Return a link type as it is shown: ``Ethernet (1)``."""
    if number is None:
        return "unknown"
    name = link_types().get(number)
    return f"{name} ({number})" if name else f"link type {number}"
