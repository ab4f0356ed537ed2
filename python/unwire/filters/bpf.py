"""BPF, the language of tcpdump's filters (pcap-filter(7)), as libpcap compiles it where it is installed: its words are libpcap's knowledge. What
comes out, instructions for each link type, is asked of frames by the engine.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from typing import Any

from unwire import schema
from unwire.errors import FilterError, UnwireError
from unwire.filters import tree
from unwire.filters.compiled import Filter

#: Characters of an expression; libpcap takes time for long ones.
MOST = 1 << 16
#: So long an expression is made shorter by libpcap's optimizer, which takes quadratic time.
_OPTIMIZED = 1 << 11
#: What the library is called, by system.
_NAMES = ("libpcap.so.1", "libpcap.so.0.8", "libpcap.so", "libpcap.A.dylib", "libpcap.dylib", "wpcap.dll")
#: LINKTYPE numbers for which libpcap has another number in memory, which depends on the system, and its name there.
_RENUMBERED = {100: b"ATM_RFC1483", 101: b"RAW", 102: b"SLIP_BSDOS", 103: b"PPP_BSDOS", 106: b"ATM_CLIP"}
_ETHERNET = 1
_WHOLE = 262_144
_NO_MASK = 0xFFFFFFFF


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint), ("code", ctypes.POINTER(_Instruction)))


def compile(expression: str) -> Filter:
    """Compile a capture filter, ``tcp port 443 and host 10.0.0.1``, for all declared link types that it means something for.

    `FilterError` has libpcap's own words; where libpcap is missing, `UnwireError` says so. Frames of a link type that the expression means
    nothing for do not match.
    """
    if not isinstance(expression, str):
        raise TypeError(f"a filter is a str, not {type(expression).__name__}")
    at = (0, max(1, len(expression)))
    if "\0" in expression or len(expression) > MOST:
        raise FilterError("BPF: a NUL ends no expression" if len(expression) <= MOST else "BPF: the expression is too long", expression, at)
    library, generation = _library(), schema.current()
    links = sorted({_ETHERNET, *(number for number, classes in generation.space("link") or () if classes)})
    programs: list[tuple[int, tuple[tree.Instruction, ...]]] = []
    wrong = ""
    for link in links:
        try:
            programs.append((link, _compiled(library, expression.encode("utf-8", "surrogatepass"), link)))
        except ValueError as error:
            # A wrong expression is wrong everywhere; what is said of Ethernet is what most people mean.
            wrong = str(error) if link == _ETHERNET else wrong or str(error)
    if not programs:
        raise FilterError(f"BPF: {wrong}", expression, at)
    return Filter(f"bpf {expression!r}", tree.Program(tuple(programs)), generation)


@functools.cache
def _library() -> Any:
    """Load libpcap. What it is asked for here never opens a device or a file."""
    for name in (*_NAMES, None):
        try:
            found = name or ctypes.util.find_library("pcap")
            library = ctypes.CDLL(found) if found else None
        except OSError:
            continue
        if library is not None:
            library.pcap_open_dead.restype = ctypes.c_void_p
            library.pcap_geterr.restype = ctypes.c_char_p
            library.pcap_geterr.argtypes = library.pcap_close.argtypes = (ctypes.c_void_p,)
            library.pcap_freecode.argtypes = (ctypes.POINTER(_Program),)
            library.pcap_compile.argtypes = (ctypes.c_void_p, ctypes.POINTER(_Program), ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32)
            return library
    raise UnwireError(
        "BPF expressions are compiled by libpcap, which is not installed here (libpcap0.8 on Debian and Ubuntu, Npcap on Windows); "
        "display filters need nothing: -Y, filter()"
    )


def _compiled(library: Any, expression: bytes, link: int) -> tuple[tree.Instruction, ...]:
    number = library.pcap_datalink_name_to_val(_RENUMBERED[link]) if link in _RENUMBERED else link
    handle = library.pcap_open_dead(number, _WHOLE)
    if not handle:
        raise ValueError("libpcap has no memory for it")
    program = _Program()
    try:
        if library.pcap_compile(handle, ctypes.byref(program), expression, len(expression) <= _OPTIMIZED, _NO_MASK) != 0:
            raise ValueError(library.pcap_geterr(handle).decode("utf-8", "replace"))
        made = tuple((one.code, one.yes, one.no, one.k) for one in program.code[: program.length])
        library.pcap_freecode(ctypes.byref(program))
        return made
    finally:
        library.pcap_close(handle)
