"""`Writer`: a capture being written. Paths, names and times become what the engine takes; no byte of a record is made here."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import tempfile
import time as clock
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

from unwire import _engine
from unwire.capture.packing import packing, unpacked

Format = Literal["pcapng", "pcap", "snoop"]
Time = int | float | Decimal | datetime

_SUFFIXES: dict[str, Format] = {".pcap": "pcap", ".cap": "pcap", ".dmp": "pcap", ".snoop": "snoop"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Writer:
    """Writes a capture: to a path, to ``-`` (standard output), or to a binary file object.

    `format` is pcapng, pcap or snoop; left out, it follows the path's suffix and is pcapng otherwise. A path that ends with ``.gz``, ``.bz2`` or
    ``.xz`` is compressed: ``x.pcap.gz``. `link` is the LINKTYPE number of packets
    that state none (1, Ethernet, if left out), `snaplen` the snap length to state. Times have nanoseconds, unless `nanoseconds` is False; in
    snoop they have microseconds. `big_endian` chooses the byte order of a new file.

    A path is written beside and renamed by `close`, so that nobody sees half a capture; leaving the ``with`` block by an exception leaves nothing
    behind. An existing file is refused without `force`, and with `append` goes on: it must be whole, uncompressed, of the same format, and
    in pcap and snoop of the same link type and resolution. A file object is not closed.

    A record is written whole or not at all: what a file cannot hold raises `unwire.WriteError` before a byte of it is written, and where the
    disk fails half-way the file is cut back to whole records. Only from a pipe nothing can be taken back.
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | IO[bytes],
        *,
        format: Format | None = None,
        link: int | None = None,
        snaplen: int = 262_144,
        nanoseconds: bool | None = None,
        big_endian: bool = False,
        append: bool = False,
        force: bool = False,
    ) -> None:
        self._path: Path | None = None
        self._beside: Path | None = None
        self._open = False
        self._packed: IO[bytes] | None = None
        settings = (link, snaplen, nanoseconds, big_endian)
        if isinstance(target, (str, os.PathLike)) and os.fspath(target) != "-":
            path = Path(target)
            bare, ending = unpacked(path)
            if ending and append:
                raise ValueError(f"{path}: nothing is appended to what is compressed")
            form = format or _SUFFIXES.get(bare.suffix.lower(), "pcapng")
            existing = _status(path)
            special = existing is not None and not stat.S_ISREG(existing.st_mode)
            if append and existing is not None and not special and existing.st_size:
                self._writer = _engine.RecordWriter(os.fspath(path), form, *settings, _engine.Source(os.fspath(path)))
            elif special or append:
                self._writer = _engine.RecordWriter(self._through(path, ending), form, *settings)
            else:
                if existing is not None and not force:
                    raise FileExistsError(f"{path} exists; pass force=True to replace it, or append=True to go on with it")
                self._path, self._force = path, force
                self._beside = _beside(path, existing)
                self._writer = _engine.RecordWriter(self._through(self._beside, ending), form, *settings)
        else:
            file = sys.stdout.buffer if isinstance(target, (str, os.PathLike)) else target
            if not hasattr(file, "write"):
                raise TypeError(f"Writer() takes a path or a binary file object, not {type(file).__name__}")
            source = None
            if append:
                file.seek(0)
                source = _engine.Source(file) if file.read(1) else None
                file.seek(0)
            self._writer = _engine.RecordWriter(file, format or "pcapng", *settings, source)
            if append:
                file.seek(0, io.SEEK_END)
        self._open = True

    def write(
        self,
        packet: Any,
        *,
        time: Time | None = None,
        time_ns: int | None = None,
        len: int | None = None,
        link: int | None = None,
        interface: int | None = None,
        comment: str | Iterable[str] = (),
    ) -> None:
        """Write a `Record` or `Frame` of a capture with all that belongs to it, or bytes, or whatever `bytes()` makes a packet of.

        `time` is seconds since the epoch (int, float, Decimal) or a datetime, `time_ns` nanoseconds; a packet that has no time of its own gets
        the present one. `len` is the length on the wire, `link` the link type, `interface` a number that `add_interface` returned, `comment` a
        text or several. They stand in place of a record's own; comments are added.
        """
        if not self._open:
            raise ValueError("the writer is closed")
        when = _nanoseconds(time) if time is not None else time_ns
        comments = [comment] if isinstance(comment, str) else list(comment)
        if isinstance(packet, _engine.Record) and len is None and link is None and interface is None:
            self._writer.record(packet, when, comments)
            return
        if isinstance(packet, (_engine.Record, _engine.Frame)):
            when = packet.time_ns if when is None else when
            len = packet.len if len is None else len
            link = packet.link_type if link is None and interface is None else link
            comments = [*packet.comments, *comments]
        elif isinstance(packet, (int, str)):
            raise TypeError(f"write() takes a record, bytes or a packet, not {type(packet).__name__}")
        self._writer.packet(bytes(packet), clock.time_ns() if when is None else when, len, link, interface, comments)

    def add_interface(
        self, link: int = 1, *, name: str | None = None, description: str | None = None, snaplen: int | None = None, nanoseconds: bool = True
    ) -> int:
        """Describe an interface, in pcapng, and return its number."""
        return self._writer.interface(link, snaplen, name, description, 9 if nanoseconds else 6)

    @property
    def lost(self) -> dict[str, int]:
        """What records had and the format has not, counted: ``options`` (comments among them), ``nanoseconds``."""
        return self._writer.lost

    def flush(self) -> None:
        """Hand over what was written; a path is renamed only by `close`."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is left and, for a path, put the file in its place."""
        if not self._open:
            return
        self._open = False
        try:
            self._writer.finish()
            if self._packed:
                self._packed.close()
            if self._beside and self._path:
                if not self._force and self._path.exists():
                    raise FileExistsError(f"{self._path} exists by now; it was not replaced")
                self._beside.replace(self._path)
        except BaseException:
            self._discard()
            raise

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None and self._beside:
            self._open = False
            self._discard()
        elif kind is not None:
            # The exception on its way says more than one about the rest would.
            with contextlib.suppress(Exception):
                self.close()
        else:
            self.close()

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self._open = False
            if self._beside:
                self._discard()
            else:
                with contextlib.suppress(Exception):
                    self._writer.finish()

    def _through(self, path: Path, ending: str | None) -> Any:
        """Return what the engine writes to: the file, or what compresses into it."""
        if ending is None:
            return os.fspath(path)
        self._packed = packing(path, ending)
        return self._packed

    def _discard(self) -> None:
        if self._packed:
            with contextlib.suppress(Exception):
                self._packed.close()
        if self._beside:
            self._beside.unlink(missing_ok=True)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _beside(path: Path, existing: os.stat_result | None) -> Path:
    """Make the file that will be renamed: in the same folder, with the rights that `open` would give or the old file has."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(number)
    if existing is not None:
        mode = stat.S_IMODE(existing.st_mode)
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    Path(name).chmod(mode)
    return Path(name)


def _nanoseconds(time: Time) -> int:
    """Return nanoseconds since the epoch; a float has no more than it shows."""
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise ValueError("a datetime needs a time zone: datetime.now(UTC)")
        past = time - _EPOCH
        return (past.days * 86_400 + past.seconds) * 1_000_000_000 + past.microseconds * 1000
    if isinstance(time, float):
        return int(Decimal(repr(float(time))).scaleb(9).to_integral_value())
    return int((time * 1_000_000_000).to_integral_value()) if isinstance(time, Decimal) else time * 1_000_000_000
