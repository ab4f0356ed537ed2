"""dpkt.compat: what dpkt needs to run on Python 2 as well, kept for code that imports it. Nothing here is used by unwire otherwise."""

import sys as sys
from collections.abc import Iterator, Mapping
from io import BytesIO as BytesIO
from io import StringIO as StringIO
from struct import pack as pack
from struct import unpack as unpack
from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

compat_izip = zip
intround = round


def compat_ord(char: int) -> int:
    """Return an octet of `bytes` as a number, which in Python 3 it is."""
    return char


def iteritems(d: Mapping[_Key, _Value], **kw: Any) -> Iterator[tuple[_Key, _Value]]:
    """Return an iterator over the items of a mapping."""
    return iter(d.items(**kw))


def ntole(v: int) -> int:
    """Return a 16-bit number with its two octets exchanged."""
    return int.from_bytes(pack("!H", v), "little")


def ntole64(v: int) -> int:
    """Return a 64-bit number with its eight octets in the other order."""
    return int.from_bytes(pack("!Q", v), "little")


def isstr(s: object) -> bool:
    """Return whether this is text."""
    return isinstance(s, str)
