"""What dpkt's readers and writers of capture files share: their methods, and how they treat the file object they are given.

A reader may take blocks ahead of a loop only from files that can be put back exactly; a writer may hold records back only above a file
that tells when somebody looks at it. No format is known here, and no byte of one read or written: that is the engine's.
"""

from __future__ import annotations

import io
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from unwire import _engine

#: The methods of a buffered file that show or change what was written so far.
_LOOKS = ("detach", "flush", "seek", "tell", "truncate", "write", "writelines")


def reads_ahead(file: Any) -> bool:
    """Whether blocks may be read ahead of a loop: files whose position can be put back at no cost and with no surprise."""
    kind = type(file)
    if kind is io.BytesIO:
        return True
    raw = file.raw if kind in (io.BufferedReader, io.BufferedRandom) else file
    return type(raw) is io.FileIO and raw.seekable()


def read_exactly(file: Any, count: int) -> bytes:
    """Return so many bytes, or what there is; an unbuffered source may give fewer than asked for although more will come."""
    found = file.read(count)
    if not isinstance(found, bytes | bytearray | memoryview):
        raise TypeError(f"a bytes-like object is required, not {type(found).__name__!r}: the file must be open for binary reading")
    data = bytes(found)
    while 0 < len(data) < count and (more := file.read(count - len(data))):
        data += more
    return data


def seeks(file: Any) -> bool:
    """Whether a file can be read once more from its beginning."""
    seekable = getattr(file, "seekable", None)
    return bool(seekable()) if seekable is not None else hasattr(file, "seek")


class Begun:
    """A source that cannot seek, of which the first bytes can be read again: ``seek(0)`` once, before more is taken than a header."""

    def __init__(self, file: Any) -> None:
        self._file, self._first, self._again = file, b"", b""
        self.name = getattr(file, "name", f"<{file.__class__.__name__}>")

    def read(self, size: int) -> bytes:
        """Return so many bytes, or fewer."""
        if self._again:
            data, self._again = self._again[:size], self._again[size:]
            return data
        data = self._file.read(size)
        if len(self._first) < 1024 and isinstance(data, bytes):
            self._first += data
        return data

    def seek(self, place: int) -> None:
        """Begin again."""
        self._again = self._first

    def fileno(self) -> int:
        """Return the number of the file."""
        number: int = self._file.fileno()
        return number


class RecordReader:
    """What iterates over (time, bytes) of a capture file, with pypcap's methods."""

    filter = ""
    _f: Any
    _steps: _engine.Steps

    def __init__(self, fileobj: Any) -> None:
        self.name = getattr(fileobj, "name", f"<{fileobj.__class__.__name__}>")
        self._f = fileobj

    @property
    def fd(self) -> int:
        """The number of the file."""
        number: int = self._f.fileno()
        return number

    def fileno(self) -> int:
        """Return the number of the file."""
        return self.fd

    def setfilter(self, value: Any, optimize: int = 1) -> None:
        """Raise `NotImplementedError`, as dpkt does."""
        raise NotImplementedError

    def readpkts(self) -> list[tuple[Any, bytes]]:
        """Return the packets that are left."""
        return list(self)

    def dispatch(self, cnt: int, callback: Callable[..., Any], *args: Any) -> int:
        """Call ``callback(time, bytes, *args)`` for `cnt` packets, or for all that are left if that is not above 0; return how many."""
        processed = 0
        if cnt > 0:
            while processed < cnt and (record := self._one()) is not None:
                callback(*record, *args)
                processed += 1
        else:
            for ts, pkt in self:
                callback(ts, pkt, *args)
                processed += 1
        return processed

    def loop(self, callback: Callable[..., Any], *args: Any) -> Any:
        """Call ``callback(time, bytes, *args)`` for every packet that is left."""
        self.dispatch(0, callback, *args)

    def __iter__(self) -> Iterator[tuple[Any, bytes]]:
        return iter(self._steps)

    def __next__(self) -> tuple[Any, bytes]:
        record = self._one()
        if record is None:
            raise StopIteration
        return record

    def next(self) -> tuple[Any, bytes]:
        """Return the next packet."""
        return self.__next__()

    def _one(self) -> tuple[Any, bytes] | None:
        return self._steps.one()


class PacketWriter(_engine.Packets):
    """What writes packets with their times to a file object. Each packet reaches the file whole.

    Into an ordinary file opened by `open(path, "wb")` packets are held back until there are many, and handed over when the file is looked
    at, flushed or closed in any way: as the file's own buffer does, only larger. Should the disk fail, the file keeps whole records. Every
    other object is given each packet at once, in one `write`.
    """

    _f: Any
    _held: _engine.Held

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        # dpkt's `writepkt` goes through `writepkt_time`, so a subclass may override the one and have changed both.
        if "writepkt_time" in cls.__dict__ and "writepkt" not in cls.__dict__:
            cls.writepkt = _writepkt  # type: ignore[method-assign]

    def close(self) -> None:
        """Close the file."""
        self._f.close()

    def _start(self, file: Any, container: str, header: bytes, big_endian: bool = False, nanoseconds: bool = False) -> None:
        if type(file) is io.BufferedWriter and type(file.raw) is io.FileIO and not set(_LOOKS) & vars(file).keys():
            file.flush()
            held = _engine.Held(file.raw, True)
            _watch(file, held.flush)
        else:
            held = _engine.Held(file)
        self.begin(held, container, big_endian, nanoseconds)
        self._f, self._held = file, held
        held.write(header)


def _writepkt(self: Any, pkt: Any, ts: Any = None) -> None:
    import time

    self.writepkt_time(bytes(pkt), time.time() if ts is None else ts)


def _watch(file: io.BufferedWriter, hand_over: Callable[[], None]) -> None:
    """Have everything that is held back handed over before the file is looked at; closing flushes, so that is one of the ways."""
    # The file must not keep itself alive: it is closed, and so written, when the last name for it is gone.
    me = weakref.ref(file)

    def watched(name: str) -> Callable[..., Any]:
        method = getattr(io.BufferedWriter, name)

        def look(*args: Any, **keywords: Any) -> Any:
            hand_over()
            result = method(me(), *args, **keywords)
            if name.startswith("write"):
                # What others write must not stay in the file's own buffer while the next packets pass below it.
                io.BufferedWriter.flush(me())  # type: ignore[arg-type]
            return result

        return look

    for name in _LOOKS:
        setattr(file, name, watched(name))
