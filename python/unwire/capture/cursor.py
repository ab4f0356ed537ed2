"""A trace as a sequence of packets, and a place in it: indexing, slices, `next`, `rewind`, `seek`. Finding packets by what they hold is
matching.py's; reading is the engine's.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from unwire import _engine, schema
from unwire.errors import OneWayError

if TYPE_CHECKING:
    from unwire._engine import Frame


class Places:
    """What is known of where the packets of some captures stand. Made when it is first needed; the captures are opened then."""

    def __init__(self, trace: Any) -> None:
        self._trace = trace
        self.engine = _engine.Places(trace._open_number, len(trace._sources), trace.link_type)
        self._paths: list[str] = trace._files() if trace._index else []
        #: What is found out is to be kept, once it is whole.
        self.unkept = False
        if self._paths:
            from unwire.capture import sidecar  # most readings of a capture ask for no places

            self.unkept = not sidecar.take(self.engine, self._paths)

    def survey(self, number: int | None = None) -> int:
        """Read on until a packet's place is known, or all are; return how many are."""
        known = self.engine.survey(number)
        if self.unkept:
            self.keep()
        return known

    def keep(self) -> None:
        """Keep what is known for the next time, once it is whole."""
        if self.engine.complete and self._paths:
            from unwire.capture import sidecar

            self.unkept = False
            sidecar.keep(self.engine, self._paths)

    def has(self, number: int) -> bool:
        """Whether there is a packet of a number."""
        return number < self.engine.count or number < self.survey(number)


class Cursor:
    """The part of a `Trace` that has packets by their index, and a current one."""

    _sources: list[Any]
    _live: Any
    _index: bool
    #: The LINKTYPE number that overrides the captures' own, if any.
    link_type: int | None
    #: What numbers mean in these captures beside what is declared, and the schema in which that holds, with the one it was made of.
    _rules: tuple[str, ...] = ()
    _ruled: tuple[_engine.Schema, _engine.Schema] | None = None
    #: Packets that are read in order know what their streams say with them, for their line.
    _hears: bool = False

    def __init__(self) -> None:
        self.link_type = None
        self._places: Places | None = None
        self._reading: Any = None
        #: Index of the packet that `next` returns.
        self.index = 0
        #: The packet that was last returned by `next`, an index or a match; None after one that failed.
        self.pkt: Any = None

    @property
    def generation(self) -> _engine.Schema:
        """The schema of this moment that packets are read with."""
        current = schema.current()
        if not self._rules:
            return current
        if self._ruled is None or self._ruled[0] is not current:
            from unwire.capture.decoding import overlay

            self._ruled = (current, overlay(current, self._rules))
        return self._ruled[1]

    @property
    def places(self) -> Places:
        """Where packets stand; found out once, by reading on from where that ended."""
        if self._places is None:
            if self._live is not None:
                raise OneWayError("a trace that is being followed has no end to count from and keeps no places; open it without live=True")
            self._places = Places(self)
        return self._places

    def __len__(self) -> int:
        """Return the number of packets; the captures are read to their end for it, once. A pipe has no length."""
        if self._live is not None:
            raise TypeError("a trace that is being followed has no length")
        try:
            return self.places.survey()
        except OneWayError as error:
            raise TypeError(str(error)) from None

    def __bool__(self) -> bool:
        return True

    @overload
    def __getitem__(self, key: int) -> Frame: ...
    @overload
    def __getitem__(self, key: slice) -> Slice: ...
    def __getitem__(self, key: int | slice) -> Frame | Slice:
        """Return the packet of an index, or a slice that reads its packets when they are asked for.

        The cost does not depend on where the packet stands. It becomes `pkt`, and `next` goes on behind it. Negative indexes count from the end.
        """
        places = self._places
        if places is None or isinstance(key, slice):
            return self._sought(key)
        # What is asked a hundred thousand times is asked without detours.
        try:
            found = places.engine.frame(self.generation if self._rules else schema.current(), key)
        except OverflowError:
            raise IndexError(f"no capture has a packet of index {key}") from None
        self.pkt, self.index, self._reading = found, found.number, None
        if places.unkept:
            places.keep()
        return found

    def _sought(self, key: int | slice) -> Frame | Slice:
        """Return what an index means where no places are known, or never will be: in a filtered trace it counts what matches."""
        if isinstance(key, slice):
            return Slice(self, range(len(self))[key])
        _check(key)
        found: Frame = self.packet(key)
        self.pkt, self.index, self._reading = found, key + 1 if key >= 0 else key + 1 + len(self), None
        return found

    def packet(self, number: int) -> Frame:
        """Return the packet of an index without moving the cursor."""
        _check(number)
        if self._live is not None and number >= 0:
            live = next(self.frames(number), None)
            if live is None:
                raise IndexError(f"the files have no packet of index {number} so far")
            return live
        places = self.places
        found: Frame = places.engine.frame(self.generation, number)
        if places.unkept:
            places.keep()
        return found

    def frames(self, start: int = 0) -> Iterator[Frame]:
        """Yield the packets from an index on, apart from every other reading of the trace."""
        start = min(start, sys.maxsize)
        if self._live is not None:
            # Files that are gone cannot be gone back to, and places in a file that changes are not kept: what was read is read again.
            live: Iterator[Frame] = itertools.islice(self._live.frames(), start, None)
            return live
        if start and not self.places.has(start):
            return iter(())
        # Reading from the beginning needs to know no places, but shares what there is.
        places: _engine.Places = self._places.engine if self._places else _engine.Places(self._open_number, len(self._sources), self.link_type)
        return places.frames(self.generation, start, hears=self._hears)

    def next(self) -> Frame:
        """Return the next packet, which becomes `pkt`; StopIteration at the end."""
        if self._reading is None:
            self._reading = self.frames(self.index)
        self.pkt = None
        found: Frame = next(self._reading)
        self.pkt = found
        self.index += 1
        return found

    def get_index(self) -> int:
        """Return the index of the packet that `next` returns."""
        return self.index

    def losses(self) -> list[tuple[str, list[tuple[str, int, int]]]]:
        """Return what the cursor's reading could not deliver so far: for each capture its name and (reason, how often, first offset)."""
        infos = self._reading.infos() if isinstance(self._reading, _engine.Frames) else []
        return [(self.names[source], info.loss()["reasons"]) for source, info in infos]

    def rewind(self, index: int = 0) -> bool:
        """Go back to an index; False if that is not before the present one, or negative."""
        if not 0 <= index < self.index:
            return False
        self._move(index)
        self.pkt = None
        return True

    def seek(self, offset: int, whence: int = 0, hard: bool = False) -> int:
        """Go to a packet by its index, counted from the beginning (`whence` 0), the present place (1) or the end (2); return the index.

        What lies outside the trace is its beginning or end. `hard` changes nothing: nothing stays buffered that could be out of date.
        """
        if whence not in (0, 1, 2):
            raise ValueError(f"whence is 0, 1 or 2, not {whence!r}")
        index = min(max(0, offset + (0, self.index, len(self) if whence == 2 else 0)[whence]), sys.maxsize)
        if self._live is None and not self.places.has(index):
            index = min(index, len(self))
        self._move(index)
        return index

    def at(self, time_ns: int) -> int:
        """Return the index of the first packet at a time (nanoseconds since the epoch) or later; the number of packets if there is none.

        Times are taken to run forwards; where they do not, the packet found is one of several.
        """
        number, places = len(self), self.places
        # No capture has a time beyond 64 bits, so that these are before all packets or behind them.
        found = places.engine.at(max(-(1 << 63), time_ns)) if time_ns < 1 << 63 else None
        return number if found is None else found

    @property
    def names(self) -> list[str]:
        """What the captures are called."""
        raise NotImplementedError

    @property
    def where(self) -> Any:
        """The filter that packets must match, if any."""
        return None

    def _open_number(self, number: int) -> _engine.Source:
        raise NotImplementedError

    def _move(self, index: int) -> None:
        if index != self.index:
            self.index, self._reading = index, None


def _check(index: int) -> None:
    if not -sys.maxsize <= index <= sys.maxsize:
        raise IndexError(f"no capture has a packet of index {index}")


class Slice(Sequence[Any]):
    """Some packets of a trace: a sequence that holds none of them."""

    def __init__(self, trace: Cursor, numbers: range) -> None:
        self._trace, self._numbers = trace, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Slice(self._trace, self._numbers[key])
        return self._trace.packet(self._numbers[key])

    def __iter__(self) -> Iterator[Any]:
        numbers = self._numbers
        if numbers.step != 1 or not numbers:
            return (self._trace.packet(number) for number in numbers)
        return itertools.islice(self._trace.frames(numbers.start), len(numbers))

    def __repr__(self) -> str:
        return f"<Slice {self._numbers} of {self._trace!r}>"
