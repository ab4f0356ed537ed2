"""dpkt.dpkt: the base class, the errors, the Internet checksum and a hex dump. What a packet is and does lives in unwire.declare."""

import copy as copy
import struct as struct
from functools import partial as partial
from itertools import chain as chain
from typing import TYPE_CHECKING, Any

from unwire.declare import Packet as Packet
from unwire.dpkt import _old_names
from unwire.dpkt.compat import compat_izip as compat_izip
from unwire.dpkt.compat import compat_ord as compat_ord
from unwire.dpkt.compat import iteritems as iteritems
from unwire.dpkt.compat import ntole as ntole
from unwire.errors import Error as Error
from unwire.errors import NeedData as NeedData
from unwire.errors import PackError as PackError
from unwire.errors import UnpackError as UnpackError

#: What a hex dump shows of each octet; dpkt's shows no backslash.
_SHOWN = bytes(octet if 0x20 <= octet < 0x7F and octet != 0x5C else 0x2E for octet in range(256))


def hexdump(buf: bytes, length: int = 16) -> str:
    """Return `buf` in lines of `length` octets: offset (in decimal), hexadecimal, text."""
    lines = []
    for start in range(0, len(buf), length):
        line = bytes(buf[start : start + length])
        lines.append(f"  {start:04d}:  {line.hex(' '):<{length * 3}} {line.translate(_SHOWN).decode()}")
    return "\n".join(lines)


def in_cksum_add(s: int, buf: bytes) -> int:
    """Return the sum `s` with the octets of `buf` added, as little-endian words; only the last part of a sum may be of odd length."""
    even = len(buf) & ~1
    total: int = s + sum(struct.unpack(f"<{even // 2}H", buf[:even]))
    return total + buf[-1] if even != len(buf) else total


def in_cksum_done(s: int) -> int:
    """Return the checksum that a sum comes to."""
    s = (s >> 16) + (s & 0xFFFF)
    s += s >> 16
    return ntole(~s & 0xFFFF)


def in_cksum(buf: bytes) -> int:
    """Return the Internet checksum of `buf` (RFC 1071)."""
    return in_cksum_done(in_cksum_add(0, buf))


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        return _old_names.find("dpkt", name)
