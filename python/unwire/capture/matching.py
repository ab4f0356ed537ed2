"""Finding packets of a trace by what they hold: `match` in Pktt's language, in the trace or a list of packets, and what belongs to it. The
language is in filters/pktt.py; the engine asks the packets.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from unwire import _engine, schema
from unwire.capture.cursor import Cursor
from unwire.filters.compiled import Filter

#: Compiled expressions that a trace remembers.
_REMEMBERED = 64
#: Packets between two looks at the clock by `show_progress`.
_OFTEN = 500


class Calls:
    """Transactions of calls that were matched, whose replies match by themselves (`match(…, reply=True)`).

    A layer takes part by what it declares: one that goes by ``rpc`` and has `xid` and `type` (0 is a call, 1 a reply). Until one is declared,
    nothing is ever noted.
    """

    def __init__(self) -> None:
        self.outstanding: list[int] = []

    def note(self, packet: Any) -> None:
        """Remember a call."""
        rpc = _rpc(packet)
        if rpc is not None and rpc.type == 0 and rpc.xid not in self.outstanding:
            self.outstanding.append(rpc.xid)

    def answers(self, packet: Any) -> bool:
        """Whether a packet is the reply to a call that was noted, which it then no longer is."""
        rpc = _rpc(packet) if self.outstanding else None
        if rpc is None or rpc.type != 1 or rpc.xid not in self.outstanding:
            return False
        self.outstanding.remove(rpc.xid)
        return True


class Told:
    """The packets that match a filter which needs the packets before: an ordered pass beside the cursor's reading tells which they are."""

    def __init__(self, trace: Any, wanted: Filter) -> None:
        self._indexes = self._pass(trace, wanted)
        #: The last index that the pass gave, and the one that was asked for last.
        self._last, self.asked = -1, -1

    @staticmethod
    def _pass(trace: Any, wanted: Filter) -> Iterator[int]:
        found = trace.filter(wanted).frame_numbers()
        if trace.where is None:
            yield from (number - 1 for number in found)
            return
        # Of a filtered trace the index counts what matches its filter.
        number = next(found, None)
        for index, there in enumerate(trace.frame_numbers()):
            if there == number:
                yield index
                number = next(found, None)

    def has(self, index: int) -> bool:
        """Whether the packet of an index matches; indexes are asked for in their order."""
        self.asked = index
        while self._last is not None and self._last < index:
            self._last = next(self._indexes, sys.maxsize)
        return self._last == index


class Matching(Cursor):
    """The part of a `Trace` that finds packets."""

    def __init__(self) -> None:
        super().__init__()
        #: `match` fails at this index, where none is given; 0 or None is no limit.
        self.maxindex: int | None = None
        #: Whether the last match was the reply to a call that was matched before.
        self.reply_matched = False
        #: Whether `show_progress` shows anything.
        self.showprog = False
        #: The packets that `match` looks at instead of the trace, and the index it goes on from.
        self.pktlist: list[Any] | None = None
        self._pindex = 0
        self._calls = Calls()
        self._compiled: dict[tuple[str, int], Filter] = {}
        self._shown = 0.0
        #: The pass for the last filter that needed one.
        self._told: tuple[Filter, Told] | None = None

    def match(self, expr: str | Filter, maxindex: int | None = None, rewind: bool = True, reply: bool = False) -> Any:
        """Return the next packet that an expression in Pktt's language matches, or None; `next` goes on behind it, and it is `pkt`.

        The search ends before the packet of index `maxindex`. Where nothing is found, the trace is where it was before if `rewind`, else at the
        end of the search. With `reply` the replies to calls that were matched match, too, and `reply_matched` says that it was one.
        A compiled display filter is as good as an expression.
        """
        wanted = self.compiled(expr)
        start, limit = self.get_index(), self.maxindex if maxindex is None else maxindex
        self.pkt, self.reply_matched = None, False
        found = self._search(wanted, min(limit, sys.maxsize) if limit else None, reply)
        if found is None:
            if rewind:
                self._return(start)
            return None
        self.pkt = found
        if reply and not self.reply_matched:
            self._calls.note(found)
        return found

    def __contains__(self, expr: object) -> bool:
        """Whether an expression matches a packet from here on, which becomes `pkt`."""
        if not isinstance(expr, (str, Filter)):
            return any(packet is expr for packet in self.frames())
        return self.match(expr) is not None

    def get_index(self) -> int:
        """Return the index of the packet that is looked at next."""
        return self.index if self.pktlist is None else self._pindex

    def rewind(self, index: int = 0) -> bool:
        """Go back to an index; False if that is not before the present one, or negative. In a list of packets, go to any."""
        if self.pktlist is None:
            return super().rewind(index)
        self._pindex = index
        return True

    def set_pktlist(self, pktlist: Iterable[Any] | None = None) -> None:
        """Let `match` look at these packets, in the order of their indexes, instead of the trace; without any, at the trace again."""
        self.pktlist = None if pktlist is None else sorted(pktlist, key=lambda packet: packet.index)
        self._pindex = 0

    def clear_xid_list(self) -> None:
        """Forget the calls whose replies match by themselves."""
        self._calls.outstanding.clear()

    @staticmethod
    def escape(data: bytes | str) -> str:
        """Return data so that it can stand between quotes in an expression."""
        text = data if isinstance(data, str) else data.decode("latin-1")
        plain = (character if " " <= character <= "~" and character not in "'\"\\" else _escaped(character) for character in text)
        return "".join(plain)

    @staticmethod
    def ip_tcp_src_expr(ipaddr: str, port: int) -> str:
        """Return the expression for packets that come from an address and port."""
        return f"IP.src == '{ipaddr}' and TCP.src_port == {port}"

    @staticmethod
    def ip_tcp_dst_expr(ipaddr: str, port: int) -> str:
        """Return the expression for packets that go to an address and port."""
        return f"IP.dst == '{ipaddr}' and TCP.dst_port == {port}"

    def show_progress(self, done: bool = False) -> None:
        """Show how far the trace was read, on a terminal, if `showprog`; at most four times a second, and once it is `done`."""
        if not self.showprog or not sys.stderr.isatty() or (not done and time.monotonic() < self._shown + 0.25):
            return
        self._shown = time.monotonic()
        sys.stderr.write(f"\r{self.index:,} packets" + ("\n" if done else ""))
        sys.stderr.flush()

    # How it is done.

    def compiled(self, expr: str | Filter) -> Filter:
        """Return the filter that an expression in Pktt's language is; `FilterError` says what is wrong with it, where, and what may be meant."""
        generation = self.generation
        if isinstance(expr, Filter):
            return expr if expr.generation is generation else Filter(expr.expression, expr.tree, generation)
        if not isinstance(expr, str):
            raise TypeError(f"an expression is a str, not {type(expr).__name__}")
        first = self._first() if "rsecs" in expr.lower() else 0
        known = self._compiled.get((expr, first))
        if known is None or known.generation is not generation:
            if len(self._compiled) >= _REMEMBERED:
                self._compiled.clear()
            from unwire.filters import pktt  # a language is loaded when somebody speaks it

            known = self._compiled[expr, first] = Filter(expr, pktt.parse(expr, generation, first), generation)
        return known

    def _first(self) -> int:
        packet = next(iter(self.frames()), None)
        return (packet.time_ns or 0) if packet is not None else 0

    def _search(self, wanted: Filter, limit: int | None, reply: bool) -> Any:
        if self.pktlist is not None:
            return self._in_list(wanted, limit, reply)
        if self._reading is None:
            self._reading = self.frames(self.index)
        told = self._told_for(wanted) if wanted.is_told else None
        if told is None and isinstance(self._reading, _engine.Frames) and self.where is None and not (reply and self._calls.outstanding):
            found = self._reading.find(wanted.engine, limit)
            self.index = self._reading.index
            self.show_progress()
            return found
        while limit is None or self.index < limit:
            packet = next(self._reading, None)
            if packet is None:
                break
            self.index += 1
            if self.index % _OFTEN == 0:
                self.show_progress()
            if self._fits(wanted, packet, reply, told):
                return packet
        return None

    def _told_for(self, wanted: Filter) -> Told:
        known = self._told
        if known is None or known[0] is not wanted or known[1].asked >= self.index:
            known = self._told = (wanted, Told(self, wanted))
        return known[1]

    def _in_list(self, wanted: Filter, limit: int | None, reply: bool) -> Any:
        for packet in self.pktlist or ():
            if packet.index < self._pindex:
                continue
            if limit is not None and packet.index >= limit:
                break
            self._pindex = packet.index + 1
            if self._fits(wanted, packet, reply):
                return packet
        return None

    def _fits(self, wanted: Filter, packet: Any, reply: bool, told: Told | None = None) -> bool:
        if reply and self._calls.answers(packet):
            self.reply_matched = True
            return True
        return wanted.matches(packet) if told is None else told.has(self.index - 1)

    def _return(self, index: int) -> None:
        if self.pktlist is not None:
            self._pindex = index
        else:
            self._move(index)


def _rpc(packet: Any) -> Any:
    return packet.rpc if "rpc" in schema.current().layer_names() else None


def _escaped(character: str) -> str:
    return "\\\\" if character == "\\" else f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
