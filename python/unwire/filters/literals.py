"""Literals of the display-filter language, each typed by the field that it stands beside. No grammar here."""

from __future__ import annotations

import ipaddress
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from unwire.filters.tree import Address, Bytes, Number, Operand
from unwire.suggest import suggest

_SEPARATED = re.compile(r"[0-9a-fA-F]{1,2}([:.-])[0-9a-fA-F]{1,2}(?:\1[0-9a-fA-F]{1,2})*\1?")
_FOURS = re.compile(r"[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4})+")
_PLAIN = re.compile(r"[0-9a-fA-F]+:?")
_ISO = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?")
_LEGACY = re.compile(r"([A-Za-z]{3}) +(\d{1,2}), +(\d{4}) +(\d{1,2}:\d{2}:\d{2})(?:[.](\d{1,9}))?\s*(UTC)?")
_SECONDS = re.compile(r"(\d{1,18})?(?:\.(\d{1,18}))?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TRUTH = {"True": 1, "TRUE": 1, "true": 1, "False": 0, "FALSE": 0, "false": 0}
_BILLION = 1_000_000_000


class LiteralError(ValueError):
    """Why something is no value of a field."""


@dataclass(frozen=True)
class Kind:
    """What the values of an operand are: uint, int, bool, time, seconds, mac, ip4, ip6, bytes, text or protocol; `title` says whose."""

    name: str
    width: int = 8
    labels: dict[str, list[int]] = field(default_factory=dict)
    title: str = ""

    @property
    def family(self) -> str:
        """What it can be compared with."""
        return {"int": "uint", "mac": "bytes", "protocol": "bytes", "text": "bytes"}.get(self.name, self.name)


def literal(kind: Kind, text: str, quoted: bytes | None, character: bytes | None = None) -> list[Operand]:
    """Return a literal as the values that it stands for, several only where a label has several numbers; `LiteralError` if it is none.

    `quoted` is the value of a quoted text, `character` that of a character constant; otherwise `text` is a bare word.
    """
    if kind.name in ("uint", "int"):
        if character is not None:
            return [Number(character[0])]
        return _number(kind, text if quoted is None else None, quoted.decode("utf-8", "replace") if quoted is not None else text)
    if kind.name == "bool":
        return [Number(_truth(kind, text, quoted))]
    if kind.name in ("bytes", "protocol", "mac"):
        return [Bytes(_bytes(kind, text, quoted, character))]
    if kind.name == "text":
        return [Bytes(quoted if quoted is not None else character if character is not None else text.encode("utf-8", "surrogatepass"))]
    if kind.name == "time":
        return [Number(_time((quoted or b"").decode("utf-8", "replace") if quoted is not None else text))]
    if kind.name == "seconds":
        return [Number(_seconds(text, quoted))]
    if quoted is not None or character is not None:
        raise LiteralError(f"{kind.title} is an address, which is written without quotes")
    return [_address(kind, text)]


def integer(text: str) -> int | None:
    """Return a number in decimal, octal (012), hexadecimal or binary notation; None if it is none."""
    low = text.lower()
    if len(low) > 80:
        return None
    for prefix, base in (("0x", 16), ("0b", 2)):
        if low.startswith(prefix) and low[2:].isalnum():
            try:
                return int(low[2:], base)
            except ValueError:
                return None
    if not (low.isascii() and low.isdigit()):
        return None
    if len(low) > 1 and low.startswith("0"):
        return int(low, 8) if all(digit in "01234567" for digit in low) else None
    return int(low)


def _number(kind: Kind, bare: str | None, label: str) -> list[Operand]:
    value = integer(bare) if bare is not None else None
    if value is not None:
        most = (1 << (8 * kind.width - (kind.name == "int"))) - 1
        if value > most:
            raise LiteralError(f"{bare} is too large for {kind.title}, which holds up to {most}")
        return [Number(value)]
    found = kind.labels.get(label) or [number for known, numbers in kind.labels.items() if known.lower() == label.lower() for number in numbers]
    if found:
        return [Number(number) for number in found]
    if not kind.labels:
        raise LiteralError(f"{label!r} is no number, and {kind.title} has no labels")
    hint = suggest(label, kind.labels) or f"; they are {', '.join(sorted(kind.labels)[:6])} …"
    raise LiteralError(f"{label!r} is neither a number nor a label of {kind.title}{hint}")


def _truth(kind: Kind, text: str, quoted: bytes | None) -> int:
    if quoted is not None:
        word = quoted.decode("utf-8", "replace").lower()
        if word in ("set", "not set"):
            return int(word == "set")
    elif text in _TRUTH:
        return _TRUTH[text]
    elif (value := integer(text)) is not None:
        return int(value != 0)
    raise LiteralError(f"{kind.title} is True or False, not {text}")


def _bytes(kind: Kind, text: str, quoted: bytes | None, character: bytes | None) -> bytes:
    if quoted is not None or character is not None:
        value = quoted if quoted is not None else character
        assert value is not None
    else:
        value = _bare_bytes(text)
    if kind.name == "mac" and kind.title and len(value) != kind.width and quoted is None:
        raise LiteralError(f"a hardware address has {kind.width} bytes, {text} has {len(value)}")
    return value


def _bare_bytes(text: str) -> bytes:
    if text.lower().startswith("0x"):
        value = integer(text)
        if value is None or value > 0xFF:
            raise LiteralError(f"{text} is no single byte; several are written ff:00")
        return bytes([value])
    if _FOURS.fullmatch(text):
        return bytes.fromhex(text.replace(".", ""))
    if found := _SEPARATED.fullmatch(text):
        return bytes(int(part, 16) for part in text.split(found[1]) if part)
    if _PLAIN.fullmatch(text):
        digits = text.rstrip(":")
        return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")
    raise LiteralError(f"{text!r} is neither bytes (ff:00) nor a text in double quotes")


def _address(kind: Kind, text: str) -> Operand:
    address, _, prefix = text.partition("/")
    made = ipaddress.IPv4Address if kind.name == "ip4" else ipaddress.IPv6Address
    try:
        value = made(address)
    except ValueError:
        version = "IPv4" if kind.name == "ip4" else "IPv6"
        raise LiteralError(f"{address!r} is no {version} address; names are not looked up") from None
    bits = int(prefix) if prefix and len(prefix) < 6 else value.max_prefixlen if not prefix else 1 << 20
    if bits > value.max_prefixlen:
        raise LiteralError(f"a prefix has at most {value.max_prefixlen} bits, not {prefix}")
    return Address(value.packed, bits)


def _seconds(text: str, quoted: bytes | None) -> int:
    found = _SECONDS.fullmatch(text)
    if quoted is not None or not found or found[0] in ("", "."):
        raise LiteralError(f"{text} is no number of seconds")
    return int(found[1] or 0) * _BILLION + int((found[2] or "").ljust(9, "0")[:9])


def moment(text: str) -> int:
    """Return a time or a number of seconds since the epoch as ns since the epoch."""
    return _seconds(text, None) if _SECONDS.fullmatch(text) else _time(text)


def _time(text: str) -> int:
    """Return ns since the epoch; a time without a zone is local, as Wireshark has it."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        day, clock, part, zone = found.groups()
        year, month, date = (int(number) for number in day.split("-"))
    elif found := _LEGACY.fullmatch(text):
        name, date_text, year_text, clock, part, zone = found.groups()
        if name.lower() not in _MONTHS:
            raise LiteralError(f"{name} is no month")
        year, month, date = int(year_text), _MONTHS.index(name.lower()) + 1, int(date_text)
    else:
        raise LiteralError(f'{text!r} is no time; write "2024-05-01 12:34:56.789", "2024-05-01T12:34:56Z" or "May 1, 2024 12:34:56"')
    hour, minute, second = ([int(number) for number in (clock or "0:00:00").split(":")] + [0])[:3]
    try:
        when = datetime(year, month, date, hour, minute, second, tzinfo=_zone(zone))
        if zone is None:
            whole = int(time.mktime((year, month, date, hour, minute, second, 0, 0, -1)))
        else:
            whole = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    except (ValueError, OverflowError) as error:
        raise LiteralError(f"{text!r} is no time: {error}") from None
    return whole * _BILLION + int((part or "").ljust(9, "0"))


def _zone(text: str | None) -> timezone:
    if text in (None, "Z", "UTC"):
        return UTC
    assert text is not None
    away = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-away if text.startswith("-") else away)


def pattern(value: bytes) -> str:
    """Return a regular expression as text: bytes that are no printable ASCII by their number."""
    return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in value)
