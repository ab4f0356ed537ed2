"""`open` and the `Trace` that it returns: a capture as something to ask. Reading and decoding are the engine's."""

from __future__ import annotations

import copy
import glob as globbing
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, Union, cast

from unwire import _engine
from unwire.capture.cursor import Places
from unwire.capture.matching import Matching
from unwire.capture.saying import Saying
from unwire.errors import OneWayError
from unwire.filters.compiled import Both, Filter, compile
from unwire.tables.table import Table

if TYPE_CHECKING:
    from unwire.capture.decoding import Rules
    from unwire.capture.streams import Policy, Streams, Transport
    from unwire.tables.options import OptionTable

Progress = Callable[[int, int | None], None]
Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, IO[bytes]]
Occurrence = Literal["first", "last", "all"]


def open(
    source: Source | Sequence[Source],
    *,
    link_type: int | None = None,
    decode_as: Rules = (),
    live: bool = False,
    timeout: float | None = None,
    index: bool = True,
) -> Trace:
    """Open a capture: a path, a pattern (``*.pcap``), ``-`` for standard input, bytes, a binary file object, or a list of these.

    pcap, pcapng and snoop, plain or compressed with gzip, zstd, lz4, bzip2 or xz, are told by their content. `link_type` is a LINKTYPE
    number that overrides the capture's own. Nothing is read before it is asked for; what cannot be opened raises `OSError` then, what is
    no capture `unwire.CaptureError`. `decode_as` says what numbers mean in these captures, as ``tshark -d`` does:
    ``"tcp.port==8888,http"``, a list of such rules, or ``{"udp.port==5300-5309": "dns"}``; ``data`` leaves a payload as bytes.

    `live` follows a file that another process is still writing, and the files that come after it where ``tcpdump -C`` or dumpcap writes a new
    one every so often; `timeout` is how many seconds without news are taken for the end, for ever if left out. The places of packets in large
    captures, and of several the order of their packets, are kept in the user's cache folder for the next time; `index=False` neither looks
    there nor leaves anything.
    """
    sources: list[Source] = []
    several = cast("Sequence[Source]", source if isinstance(source, (list, tuple)) else [source])
    for one in several:
        if isinstance(one, str) and globbing.has_magic(one) and not os.path.exists(one):  # noqa: PTH110 - a str is all this is
            found = sorted(globbing.glob(one))  # noqa: PTH207
            if not found:
                raise FileNotFoundError(f"no file matches {one!r}")
            sources.extend(found)
        else:
            sources.append(one)
    if link_type is not None and not 0 <= link_type <= 0xFFFF:
        raise ValueError(f"link_type is a LINKTYPE number from 0 to 65535, not {link_type}")
    return Trace(sources, link_type, decode_as=decode_as, live=live, timeout=timeout, index=index)


class Trace(Matching, Saying):
    """One or more captures. Iterating gives their packets (`Frame`) in order of time, ``trace[i]`` one of them; `packets` gives a `Table`.

    Each iteration is on its own. Beside them the trace has one place of its own, which `next`, `match`, `rewind` and an index move.
    """

    def __init__(
        self,
        sources: list[Source],
        link_type: int | None,
        *,
        decode_as: Rules = (),
        live: bool = False,
        timeout: float | None = None,
        index: bool = True,
    ) -> None:
        super().__init__()
        if decode_as:
            from unwire.capture.decoding import listed

            self._rules = listed(decode_as)
            self.generation  # noqa: B018 - a rule that cannot be meant is an error now
        self._sources = sources
        self.link_type = link_type
        self._used: set[int] = set()
        self._index = index and os.environ.get("UNWIRE_INDEX", "").lower() not in ("off", "0", "no")
        self._live = None
        if live:
            from unwire.capture.live import Following

            self._live = Following(sources, link_type, timeout, lambda: self.generation)
        self._where: Filter | None = None

    def packets(
        self,
        *fields: str | Sequence[str],
        where: str | Filter | None = None,
        occurrence: Occurrence = "first",
        workers: int | None = None,
        reassemble: bool = False,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> Table:
        """Return a table with a row per packet and a column per field, named as in Wireshark; without fields, `DEFAULT_FIELDS`.

        A list of names is as good as the names: ``packets(["ip.src", "ip.dst"])``.

        `where` is a display filter in Wireshark's language: only packets that it matches have a row.
        `occurrence` says which of several values in one packet is shown: ``"first"``, ``"last"``, or ``"all"``, which makes each column a
        list. `workers` is the number of threads (all cores if left out); it never shows in the result. `on_progress` is called with the
        bytes read and the size of the source (None if unknown). With `reassemble` datagrams are put together from their fragments: the frame
        of the last piece has the transport header and what follows, the others end at the fragment. An unknown field raises `unwire.UnknownField`.
        """
        names = [name for one in fields for name in ([one] if isinstance(one, str) else one)]
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"a field is named by a str, not {type(name).__name__}: packets('ip.src', 'ip.dst')")
        chosen = self if where is None else self.filter(where)
        return Table(chosen, self.generation, names or DEFAULT_FIELDS, occurrence, workers, on_progress, reassemble=reassemble)

    def filter(self, expression: str | Filter) -> Trace:
        """Return the same captures with only the packets that a display filter matches: ``trace.filter("tcp.port == 443 and ip.ttl < 5")``.

        It is kept by all that reads packets: iterating, `records`, `packets`, the statistics. A filter upon a filter is both of them.
        An expression that cannot be meant raises `unwire.FilterError`.
        """
        chosen = copy.copy(self)
        # It has a place of its own.
        chosen._places, chosen._reading, chosen.index, chosen.pkt = None, None, 0, None
        added = compile(expression, self.generation)
        chosen._where = added if self._where is None else Both(self._where, added)
        return chosen

    def bpf(self, expression: str) -> Trace:
        """Return the same captures with only the packets that a capture filter matches, in tcpdump's language: ``trace.bpf("tcp port 443")``.

        libpcap compiles it, and where it is not installed `UnwireError` says so; the engine asks the packets. It goes together with `filter`.
        """
        from unwire.filters import bpf

        return self.filter(bpf.compile(expression))

    def hearing(self) -> Trace:
        """Return the same captures with packets whose line tells what their streams say with them: HTTP, TLS, DNS over TCP, QUIC, put together over
        segments: ``for packet in trace.hearing(): print(packet)``. Packets that are read in order know it, not those of an index.
        """
        chosen = copy.copy(self)
        chosen._places, chosen._reading, chosen.index, chosen.pkt, chosen._hears = None, None, 0, None, True
        return chosen

    def between(self, after: str | None = None, before: str | None = None, *, frames: str | None = None) -> Trace:
        """Return the same captures with only the packets from the time `after` on, up to the time `before`, and of the numbers `frames`.

        Times are written as in a filter (``"2024-05-01 12:34:56.5"``, local unless they end with Z) or as seconds since the epoch, numbers as
        ``"1-9,20,560-"``; in each capture the first packet has the number 1.
        """
        from unwire.filters.between import between

        return self.filter(between(after, before, frames))

    @property
    def where(self) -> Filter | None:
        """The filter that packets must match, compiled for the schema of this moment."""
        return None if self._where is None else compile(self._where, self.generation)

    def __iter__(self) -> Iterator[_engine.Frame]:
        return self.frames()

    def frames(self, start: int = 0) -> Iterator[_engine.Frame]:
        """Yield the packets from an index on, apart from every other reading of the trace; of a filtered trace those that match."""
        where, start = self.where, min(start, sys.maxsize)
        if where is None:
            return super().frames(start)
        if where.is_told:
            return itertools.islice(self._told_frames(where), start, None)
        # Behind the last number that is asked for nothing is read.
        every = itertools.islice(super().frames(), where.engine.last)
        return itertools.islice((frame for frame in every if where.matches(frame)), start, None)

    def _told_frames(self, where: Filter) -> Iterator[_engine.Frame]:
        """Yield the packets that match where the filter asks for what only an ordered pass can tell; they know what it heard."""
        reading = super(Trace, self.hearing()).frames()
        if isinstance(reading, _engine.Frames):
            while (found := reading.find(where.engine)) is not None:
                yield found
            return
        raise OneWayError("a filter that needs the packets before is not asked of a trace that is being followed")

    def frame_numbers(self) -> Iterator[int]:
        """Yield the numbers of the packets, found out by a pass of their own."""
        if len(self._sources) > 1:
            # In a table each capture counts its own.
            return (frame.number for frame in self.frames())
        return (row["frame.number"] for row in self.packets("frame.number", workers=1))

    def packet(self, number: int) -> _engine.Frame:
        """Return the packet of an index without moving the cursor; of a filtered trace all before it are read."""
        if self._where is None:
            return super().packet(number)
        found = next(self.frames(number if number >= 0 else number + len(self)), None) if number >= -len(self) else None
        if found is None:
            raise IndexError(f"no packet {number} matches")
        return found

    def __len__(self) -> int:
        """Return the number of packets; the captures are read to their end for it."""
        return super().__len__() if self._where is None else sum(len(batch) for batch in self.packets("frame.number").batches())

    @property
    def places(self) -> Places:
        """Where packets stand; found out once, by reading on from where that ended."""
        if self._where is not None:
            raise OneWayError("a filtered trace keeps no places; ask the trace that it was made of")
        return super().places

    def records(self) -> Iterator[_engine.Record]:
        """Yield the records as they stand in the capture: time, lengths, bytes, interface, options; nothing is decoded.

        `unwire.Writer` writes them with all that belongs to them.
        """
        where = self.where
        for source in self.sources():
            yield from _engine.Records(source, self.link_type, where.engine if where else None)

    def slice(self, path: str | os.PathLike[str], *, force: bool = False) -> int:
        """Write the packets to a capture, as they stand in theirs, and return how many they are: ``trace.filter("dns").slice("dns.pcapng")``.

        The suffix chooses the format, and ``.gz`` behind it a compression. Interfaces, comments, names and secrets are kept. The file is written
        beside and renamed; an existing one is kept unless `force`.
        """
        from unwire.capture.slicing import write

        return write(self, path, force=force).packets

    def options(self, *layers: str) -> OptionTable:
        """Return a table with one row for each option of each packet: frame, layer, number, class, size, values, reason. `layers` choose, such as
        ``"tcp"``.
        """
        from unwire.tables.options import OptionTable

        return OptionTable(self, layers)

    def streams(
        self,
        *numbers: int,
        ends: tuple[str, str] | None = None,
        transport: Transport = "tcp",
        policy: Policy = "first",
        connection_cap: int | None = None,
        total_cap: int | None = None,
    ) -> Streams:
        """Return the TCP streams of the captures, each with the bytes of its two sides in order: ``for stream in trace.streams(): …``.

        With ``transport="udp"`` it is what datagrams say between the same ends, one chunk each, in the order of the capture.
        `numbers` are those of ``tcp.stream``, or ``udp.stream``; `ends` two ends such as ``("10.0.0.1:1234", "10.0.0.2:80")``, whoever began.
        A stream is handed out when it is closed, the rest at the end; of a filtered trace those that have a packet that matches, whole. Where
        segments overlap while they wait for what is before them, `policy` says whether the ``"first"`` bytes count or the ``"last"``. So many
        bytes may wait in one stream (`connection_cap`, 2 MiB) and in all (`total_cap`, 64 MiB).
        """
        from unwire.capture.streams import End, Streams

        for number in numbers:
            if not isinstance(number, int):
                raise TypeError(f"a stream is chosen by its number, not by {type(number).__name__}")
        if numbers and ends is not None:
            raise ValueError("streams are chosen by numbers or by ends")
        two = None if ends is None else (End.parse(ends[0]), End.parse(ends[1]))
        return Streams(self, list(numbers) or None, two, policy, connection_cap, total_cap, transport)

    def info(self) -> list[_engine.Info]:
        """Read each capture to its end for its container alone: format, interfaces, comments, loss."""
        return [_engine.Info.read(source) for source in self.sources()]

    @property
    def names(self) -> list[str]:
        """What the captures are called: a path, ``-``, ``<bytes>``."""
        return [_name(source) for source in self._sources]

    @property
    def size(self) -> int | None:
        """Bytes of all captures together as they are stored, or None where a pipe is among them."""
        total = 0
        for source in self._sources:
            if isinstance(source, (bytes, bytearray, memoryview)):
                total += len(source)
            elif isinstance(source, (str, os.PathLike)) and source != "-":
                try:
                    status = Path(source).stat()
                except OSError:
                    return None
                if not _regular(status.st_mode):
                    return None
                total += status.st_size
            else:
                return None
        return total

    def sources(self) -> Iterable[_engine.Source]:
        """Yield the engine's source of each capture, for one more pass."""
        for index, source in enumerate(self._sources):
            yield self._open(index, source)

    def _open_number(self, number: int) -> _engine.Source:
        return self._open(number, self._sources[number])

    def _files(self) -> list[str]:
        """Return the paths of the captures; none if one of them is no file, so that nothing can be said of it later."""
        paths = [os.fspath(one) for one in self._sources if isinstance(one, (str, os.PathLike)) and one != "-"]
        return paths if len(paths) == len(self._sources) and all(Path(path).is_file() for path in paths) else []

    def _open(self, index: int, source: Source) -> _engine.Source:
        if isinstance(source, (bytearray, memoryview)):
            return _engine.Source(bytes(source))
        if isinstance(source, bytes):
            return _engine.Source(source)
        if isinstance(source, str) and source == "-":
            source = sys.stdin.buffer
        if isinstance(source, (str, os.PathLike)):
            return _engine.Source(os.fspath(source))
        if not hasattr(source, "read"):
            raise TypeError(f"open() takes a path, bytes or a binary file object, not {type(source).__name__}")
        file = cast("IO[bytes]", source)
        if index in self._used:
            if not (hasattr(file, "seekable") and file.seekable()):
                raise OneWayError(f"{_name(file)} can be read only once; save it to a file for a second pass")
            file.seek(0)
        self._used.add(index)
        return _engine.Source(file)

    def __repr__(self) -> str:
        return f"<Trace {', '.join(self.names)}>"


#: What `packets()` shows if no field is named.
DEFAULT_FIELDS = (
    "frame.number", "frame.time", "frame.len", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
    "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport",
)  # fmt: skip


def _regular(mode: int) -> bool:
    import stat

    return stat.S_ISREG(mode)


def _name(source: Any) -> str:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return "<bytes>"
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else f"<{type(source).__name__}>"
