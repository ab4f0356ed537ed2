"""Streams of a capture as Python objects: who talked, what each side sent, chunk by chunk with its packet, and what is missing. How bytes are put in
order is the engine's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from unwire import _engine

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

Policy = Literal["first", "last"]
Transport = Literal["tcp", "udp"]


@dataclass(frozen=True)
class End:
    """An end of a stream: address and port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> End:
        """Read ``10.0.0.1:80`` or ``[2001:db8::1]:80``."""
        address, colon, port = text.strip().rpartition(":")
        try:
            if not colon or not 0 <= int(port) <= 0xFFFF:
                raise ValueError
            return cls(str(ipaddress.ip_address(address.removeprefix("[").removesuffix("]"))), int(port))
        except ValueError:
            raise ValueError(f"{text.strip()!r} is no end of a stream; write 10.0.0.1:80 or [2001:db8::1]:80") from None

    @property
    def packed(self) -> tuple[bytes, int]:
        """Address as bytes, and port."""
        return ipaddress.ip_address(self.address).packed, self.port


@dataclass(frozen=True)
class Chunk:
    """Bytes that one packet brought: `frame` is its number, `time_ns` its time in nanoseconds since the epoch (None if the capture has none)."""

    sender: str
    frame: int
    time_ns: int | None
    bytes: bytes

    @property
    def time(self) -> float | None:
        """The packet's time in seconds since the epoch."""
        return None if self.time_ns is None else self.time_ns / 1e9


@dataclass(frozen=True)
class Gap:
    """So many bytes that the capture lacks: `acknowledged` if the receiver had them; `why` they were not waited for any longer."""

    sender: str
    size: int
    acknowledged: bool
    why: str


Told = Chunk | Gap
_SENDERS = ("client", "server")


class Side:
    """One direction of a stream."""

    def __init__(self, stream: Stream, index: int) -> None:
        self._stream, self._index = stream, index
        #: Whose bytes these are.
        self.end = End(*stream._raw.ends[index])
        #: ``finished`` if the sender said that it has no more, else ``reset`` or ``open``.
        self.how = stream._raw.how[index]
        counts = stream._raw.counts[index]
        #: Bytes that are there; bytes and runs of bytes that are missing.
        self.size, self.missing, self.gap_count = counts["bytes"], counts["missing"], counts["gaps"]
        #: Bytes that came more than once; those of them that were not the same; segments before one that is before them; bytes not used.
        self.repeated, self.conflicts, self.early, self.unused = counts["repeated"], counts["conflicts"], counts["early"], counts["unused"]

    @property
    def bytes(self) -> bytes:
        """All bytes that are there, one after the other; gaps take no room in it."""
        return b"".join(told.bytes for told in self.chunks if isinstance(told, Chunk))

    @property
    def chunks(self) -> Iterator[Told]:
        """Chunks and gaps in the order of the bytes."""
        sender = _SENDERS[self._index]
        return (told for told in self._stream.chunks if told.sender == sender)

    @property
    def gaps(self) -> list[tuple[int, Gap]]:
        """The gaps, each with the number of bytes of `bytes` before it."""
        found, at = [], 0
        for told in self.chunks:
            if isinstance(told, Gap):
                found.append((at, told))
            else:
                at += len(told.bytes)
        return found

    def __repr__(self) -> str:
        return f"<{_SENDERS[self._index]} {self.end}: {self.size:,} bytes{f', {self.missing:,} missing' if self.missing else ''}, {self.how}>"


class Stream:
    """A stream with both directions: `client`, `server`, and `chunks` of both in the order in which they could be read.

    Of UDP a chunk is a datagram, and the client is who sent the first one.
    """

    def __init__(self, raw: _engine.RawStream, capture: str) -> None:
        self._raw = raw
        #: The capture it is of.
        self.capture = capture
        #: Wireshark's ``tcp.stream``, or ``udp.stream``.
        self.number = raw.number
        #: 0, or how often the stream was handed out before: what comes long after it was closed is a part of its own.
        self.part = raw.part
        #: Packets of both directions.
        self.packets = raw.packets
        (self.first_frame, self.first_time_ns), (self.last_frame, self.last_time_ns) = raw.places
        self.client, self.server = Side(self, 0), Side(self, 1)

    @property
    def chunks(self) -> Iterator[Told]:
        """Chunks and gaps of both directions. They are read as they are asked for, so that long streams need no memory."""
        for part in range(len(self._raw)):
            for told in self._raw.read(part):
                yield _told(told)

    def __repr__(self) -> str:
        return f"<Stream {self.number}: {self.client!r} {self.server!r}>"


def _told(raw: tuple[Any, ...]) -> Told:
    if len(raw) == 5:
        sender, size, acknowledged, why, _ = raw
        return Gap(_SENDERS[sender], size, acknowledged, why)
    sender, frame, time_ns, octets = raw
    return Chunk(_SENDERS[sender], frame, time_ns, octets)


class Streams:
    """All streams of captures, or those chosen; iterating is a pass. `loss` says afterwards what the captures lost, `caps` what limits cut."""

    def __init__(
        self,
        trace: Trace,
        numbers: list[int] | None,
        ends: tuple[End, End] | None,
        policy: Policy,
        connection: int | None,
        total: int | None,
        transport: Transport = "tcp",
    ) -> None:
        if policy not in ("first", "last"):
            raise ValueError(f"policy is 'first' or 'last', not {policy!r}")
        if transport not in ("tcp", "udp"):
            raise ValueError(f"transport is 'tcp' or 'udp', not {transport!r}")
        self._transport = transport
        self._trace, self._numbers, self._ends, self._policy = trace, numbers, ends, policy
        self._most = connection, total
        self._schema = trace.generation
        self.loss: list[dict[str, Any]] = []
        #: How often a stream had too much waiting, how often all together had, the most bytes that waited; the sums of all captures.
        self.caps = (0, 0, 0)

    def __iter__(self) -> Iterator[Stream]:
        self.loss, self.caps = [], (0, 0, 0)
        ends = None if self._ends is None else (self._ends[0].packed, self._ends[1].packed)
        numbers = self._numbers
        wanted: list[set[int]] = []
        if self._trace.where is not None:
            wanted = _matching(self._trace, f"{self._transport}.stream")
        for index, source in enumerate(self._trace.sources()):
            chosen = numbers
            if wanted and ends is None:
                chosen = [number for number in wanted[index] if numbers is None or number in numbers]
            raw = _engine.Streams(
                source, self._schema, self._trace.link_type, chosen, ends, self._policy == "last", *self._most, self._transport == "udp"
            )
            try:
                for one in raw:
                    if not wanted or one.number in wanted[index]:
                        yield Stream(one, self._trace.names[index])
            finally:
                self.loss.append(raw.info().loss())
                ours, theirs = self.caps, raw.caps()
                self.caps = (ours[0] + theirs[0], ours[1] + theirs[1], max(ours[2], theirs[2]))


def _matching(trace: Trace, column: str) -> list[set[int]]:
    """Return the numbers of the streams that have a packet which the trace's filter matches, for each capture."""
    import copy

    found = []
    for index in range(len(trace.names)):
        one = copy.copy(trace)
        one._sources = [trace._sources[index]]
        rows = one.packets(column, occurrence="all")
        found.append({int(number) for row in rows for number in row[column] or ()})
    return found
