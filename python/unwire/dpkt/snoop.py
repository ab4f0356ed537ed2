"""dpkt.snoop: snoop files (RFC 1761), in dpkt's shape: `Reader`, `Writer`, and their bases. Records are read and written by the engine."""

from __future__ import annotations

import struct
import time
from abc import abstractmethod as abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from unwire import _engine
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt._files import PacketWriter, RecordReader, read_exactly, reads_ahead
from unwire.dpkt.compat import intround as intround
from unwire.errors import NeedData, PackError

if TYPE_CHECKING:
    from unwire.dpkt._snoop_headers import FileHdr as FileHdr
    from unwire.dpkt._snoop_headers import PktHdr as PktHdr

SNOOP_MAGIC = 0x736E6F6F70000000

SNOOP_VERSION = 2

SDL_8023 = 0
SDL_8024 = 1
SDL_8025 = 2
SDL_8026 = 3
SDL_ETHER = 4
SDL_HDLC = 5
SDL_CHSYNC = 6
SDL_IBMCC = 7
SDL_FDDI = 8
SDL_OTHER = 9

#: Bytes of the link layer's header.
dltoff = {SDL_ETHER: 14}

_FILE_HEADER = 16
_HEADERS = ("FileHdr", "PktHdr")


class FileWriter:
    """What writes to a file object; `writepkt_time` says how."""

    def __init__(self, fileobj: Any) -> None:
        self._f = fileobj
        self.write = fileobj.write

    def close(self) -> None:
        """Close the file."""
        self._f.close()

    def writepkt(self, pkt: Any, ts: Any = None) -> None:
        """Write a packet, with the present time if none is given."""
        self.writepkt_time(bytes(pkt), time.time() if ts is None else ts)

    def writepkt_time(self, pkt: Any, ts: Any) -> None:
        """Write a packet and its time."""


class Writer(PacketWriter, FileWriter):
    """Writes packets to a file object: `writepkt(packet, ts)`, `writepkt_time`, `writepkts([(ts, packet)])`, `close()`."""

    precision_multiplier = 1000000

    def __init__(self, fileobj: Any, linktype: int = SDL_ETHER) -> None:
        try:
            header = struct.pack(">QII", SNOOP_MAGIC, SNOOP_VERSION, linktype)
        except struct.error as error:
            raise PackError(str(error)) from None
        self._start(fileobj, "snoop", header)
        self.write = fileobj.write


class FileReader(RecordReader):
    """What reads from a file object; a subclass's `__next__` says how."""

    def __iter__(self) -> Iterator[tuple[Any, bytes]]:
        return self

    def __next__(self) -> tuple[Any, bytes]:
        raise StopIteration

    def loop(self, callback: Callable[..., Any], *args: Any) -> int:
        """Call ``callback(time, bytes, *args)`` for every packet that is left; return how many."""
        return self.dispatch(0, callback, *args)

    def _one(self) -> tuple[Any, bytes] | None:
        return next(self, None)


class Reader(FileReader):
    """Reads packets of a file object: iterating gives (seconds since the epoch as float, bytes)."""

    def __init__(self, fileobj: Any) -> None:
        super().__init__(fileobj)
        header = read_exactly(fileobj, _FILE_HEADER)
        if len(header) < _FILE_HEADER:
            raise NeedData(f"got {len(header)}, {_FILE_HEADER} needed at least")
        magic, _, linktype = struct.unpack(">QII", header)
        if magic != SNOOP_MAGIC:
            raise ValueError("invalid snoop header")
        self.__linktype: int = linktype
        self.dloff = dltoff.get(linktype, 0)
        self._steps = _engine.Steps(fileobj, "snoop", None, reads_ahead(fileobj))

    def datalink(self) -> int:
        """Return the file's datalink type, a number of RFC 1761."""
        return self.__linktype

    def __iter__(self) -> Iterator[tuple[Any, bytes]]:
        return iter(self._steps)

    def __next__(self) -> tuple[Any, bytes]:
        record = self._steps.one()
        if record is None:
            raise StopIteration
        return record


def __getattr__(name: str) -> Any:
    # Headers as packets are declared only for those who ask for them: a declaration is work for the engine's schema.
    if name not in _HEADERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from unwire.dpkt import _snoop_headers

    globals().update({header: getattr(_snoop_headers, header) for header in _HEADERS})
    return globals()[name]
