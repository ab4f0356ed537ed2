"""The words a protocol is written in. Public: users declare their own protocols with them. This package parses no packet."""

from unwire.declare.errors import DeclarationError, RegistryWarning
from unwire.declare.numbers import Numbers
from unwire.declare.options import Area, OptionFace, Options
from unwire.declare.packet import Packet, Part
from unwire.declare.registered import register
from unwire.declare.shown import Named, Shown, presence
from unwire.declare.types import Ip4, Ip6, Mac, flag, i8, i16, i32, i64, u8, u16, u24, u32, u32_little, u40, u48, u56, u64
from unwire.declare.views import derived
from unwire.declare.words import (
    bits,
    by,
    checksum,
    column,
    field,
    length,
    native,
    pad,
    payload,
    raw,
    reading,
    repeat,
    stop,
    switch,
    text,
    when,
)  # fmt: skip

__all__ = [
    "Area",
    "DeclarationError",
    "Ip4",
    "Ip6",
    "Mac",
    "Named",
    "Numbers",
    "OptionFace",
    "Options",
    "Packet",
    "Part",
    "RegistryWarning",
    "Shown",
    "bits",
    "by",
    "checksum",
    "column",
    "derived",
    "field",
    "flag",
    "i8",
    "i16",
    "i32",
    "i64",
    "length",
    "native",
    "pad",
    "payload",
    "presence",
    "raw",
    "reading",
    "register",
    "repeat",
    "stop",
    "switch",
    "text",
    "u8",
    "u16",
    "u24",
    "u32",
    "u32_little",
    "u40",
    "u48",
    "u56",
    "u64",
    "when",
]  # fmt: skip
