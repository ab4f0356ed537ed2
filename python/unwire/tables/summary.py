"""The summary of captures: everything that one pass of counting tells, as data. How it looks is the command line's business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unwire import schema
from unwire.tables import flows as talk
from unwire.tables.checksums import Checksums, checksum_columns, checksums
from unwire.tables.containers import CONTAINER_KEY, Container, container
from unwire.tables.gist import Connections, begin, end
from unwire.tables.tally import Bounds, Counted, OnProgress, Part, Tally, Width, choose, iso, passes, widen

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: The columns of the protocol tree: the chain, and where and why decoding ended.
SHAPE_KEY = ("frame.protocols", "stop", "stop.layer")
#: Lower bounds of packet sizes, as in tshark's ``-z plen,tree``.
SIZES = (0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120)
_SECOND = 1_000_000_000
# A capture of this size has so few packets that counting them by hundredths of a second costs nothing.
_SMALL = 8 << 20
_BARS = 60
#: Seconds of the steps in which times are counted: wider ones where there are too many, and each fits into the next.
_WIDTHS = (1, 10, 60, 600, 3600, 86400, 864000, 86400000, 8640000000)
#: Distinct shapes, times, interfaces that are counted of a capture.
_KEYS = 1 << 14
#: What stands for shapes beyond those.
_OTHERS = "others"


@dataclass(frozen=True)
class Node:
    """A protocol in the tree: its path from the first layer, how deep it is, and the packets and bytes of all frames that hold it there."""

    path: str
    name: str
    depth: int
    packets: int
    bytes: int


@dataclass(frozen=True)
class Stop:
    """Why decoding ended, in which protocol, in how many packets."""

    reason: str
    layer: str | None
    packets: int
    bytes: int


@dataclass(frozen=True)
class Size:
    """Packets of a size from `low` to `high` bytes (None: any more)."""

    low: int
    high: int | None
    packets: int


@dataclass(frozen=True)
class Interval:
    """Packets and bytes from `time` on, for one interval's width. The time is ISO 8601 in UTC."""

    time: str
    packets: int
    bytes: int


@dataclass(frozen=True)
class Rate:
    """Packets by time: each of `packets` counts `seconds` seconds, the first from `start` (ISO 8601, UTC) on."""

    start: str | None
    seconds: float
    packets: tuple[int, ...]


@dataclass(frozen=True)
class Summary:
    """What captures hold, all of them as one. Times are ISO 8601 in UTC, durations seconds, sizes bytes on the wire.

    The lists of talkers, conversations and services are cut to the length that was asked for; `talker_count` … say how many there are.
    `uncounted` are packets of small flows beyond what is kept at once: they are in no conversation here and in no count of connections, servers
    and clients, which are then at least so many; talkers, services and all else have them. `connections` is None where it was not asked for.
    """

    files: tuple[Container, ...]
    first: str | None
    last: str | None
    duration: float | None
    packets: int
    bytes: int
    captured: int
    truncated: int
    packets_per_second: float | None
    bytes_per_second: float | None
    mean_size: float | None
    rate: Rate
    protocols: tuple[Node, ...]
    talkers: tuple[talk.Talker, ...]
    talker_count: int
    conversations: tuple[talk.Conversation, ...]
    conversation_count: int
    services: tuple[talk.Service, ...]
    service_count: int
    sizes: tuple[Size, ...]
    checksums: tuple[Checksums, ...]
    stops: tuple[Stop, ...]
    uncounted: int
    connections: Connections | None


def summary(
    trace: Trace,
    *,
    top: int = 10,
    connections: bool = True,
    workers: int | None = None,
    on_progress: OnProgress | None = None,
    most: int | None = None,
) -> Summary:
    """Read captures once and say what is in them; the lists are cut to `top` entries (0: whole). At most about `most` flows are kept.

    Without `connections` packets are counted one by one, and what they say together (connections, and the names in them) is left out.
    """
    size = trace.size
    widths = [_SECOND * unit // (100 if size is not None and size < _SMALL else 1) for unit in _WIDTHS]
    keys: tuple[tuple[Part, ...], ...] = (CONTAINER_KEY, (Bounds("frame.len", SIZES),), SHAPE_KEY, (Width("frame.time", tuple(widths)),))
    talks = talk.Talks(generation=trace.generation, checks=checksum_columns(), most=most)
    gist = begin(trace.generation) if connections else None
    total = Counted([{} for _ in keys], [(0, 0)] * len(keys))
    files, first, last, used, matched = [], None, None, 0, 0
    for one in passes(trace, keys, flows=talks.engine, gist=gist, most=_KEYS, workers=workers, on_progress=on_progress):
        files.append(container(one))
        matched += one.total[0]
        # Times were counted by wider steps where there were too many; those of all captures are brought to the widest.
        wider = max(used, one.widths[3])
        total.tallies[3] = widen(total.tallies[3], widths[wider] // widths[used])
        one.tallies[3] = widen(one.tallies[3], widths[wider] // widths[one.widths[3]])
        used = wider
        total.add(one)
        while len(total.tallies[3]) > _KEYS and used + 1 < len(widths):
            total.tallies[3] = widen(total.tallies[3], widths[used + 1] // widths[used])
            used += 1
        first, last = choose(min, first, one.total[2]), choose(max, last, one.total[3])
    _, sizes, shapes, times = total.tallies
    if total.beyond[2][0]:
        shapes[_OTHERS, _OTHERS, None] = (*total.beyond[2], None, None)
    people, pairs, (served, services) = talks.talkers(top), talks.conversations(top, by="service"), talks.services(top)
    lost, _ = talks.lost
    duration = None if first is None or last is None else (last - first) / _SECOND
    volume = sum(file.bytes for file in files)
    packets = sum(file.packets for file in files) if trace.where is None else matched
    return Summary(
        files=tuple(files),
        first=iso(first),
        last=iso(last),
        duration=duration,
        packets=packets,
        bytes=volume,
        captured=sum(file.captured for file in files),
        truncated=sum(file.truncated for file in files),
        packets_per_second=packets / duration if duration else None,
        bytes_per_second=volume / duration if duration else None,
        mean_size=volume / packets if packets else None,
        rate=rate(times, widths[used]),
        protocols=tuple(tree(shapes)),
        talkers=tuple(people),
        talker_count=people.count,
        conversations=tuple(pairs),
        conversation_count=pairs.count,
        services=tuple(served),
        service_count=services,
        sizes=tuple(histogram(sizes)),
        checksums=tuple(checksums(talks, top)),
        stops=tuple(stops(shapes)),
        uncounted=lost.packets,
        connections=end(gist, top) if gist else None,
    )


def tree(tally: Tally) -> list[Node]:
    """Read a tally by `SHAPE_KEY` as the tree of protocols, as tshark's ``-z io,phs``; within a parent, most packets first.

    Names that are no layer (``ethertype``) are passed over, and what an ICMP error quotes is not part of the tree.
    """
    named = {layer["name"] for cls in schema.current().classes() if (layer := schema.current().layer(cls)) and layer["name"]}
    sums: dict[tuple[str, ...], list[int]] = {}
    for (chain, *_), count in tally.items():
        path: list[str] = []
        before = ""
        for name in (chain or "").split(":"):
            if before in ("icmp", "icmpv6") and name in talk.NETWORKS:
                break
            if name in named:
                path.append(name)
            before = name
        for depth in range(1, max(len(path), 1) + 1):
            entry = sums.setdefault(tuple(path[:depth]) or (chain if chain == _OTHERS else "not decoded",), [0, 0])
            entry[0] += count[0]
            entry[1] += count[1]

    def rank(path: tuple[str, ...]) -> list[tuple[int, str]]:
        return [(-sums[path[: depth + 1]][0], name) for depth, name in enumerate(path)]

    return [Node(":".join(path), path[-1], len(path) - 1, *sums[path]) for path in sorted(sums, key=rank)]


def stops(tally: Tally) -> list[Stop]:
    """Read a tally by `SHAPE_KEY` as the reasons why decoding ended, most packets first."""
    sums: dict[tuple[str, str | None], list[int]] = {}
    for (_, reason, layer), count in tally.items():
        entry = sums.setdefault((reason, layer), [0, 0])
        entry[0] += count[0]
        entry[1] += count[1]
    return sorted((Stop(*key, *entry) for key, entry in sums.items()), key=lambda s: (-s.packets, s.reason, s.layer or ""))


def histogram(tally: Tally) -> Iterable[Size]:
    """Read a tally by the bounds of `SIZES` as packets by size."""
    packets = [tally[index,][0] if (index,) in tally else 0 for index in range(len(SIZES))]
    for index, low in enumerate(SIZES):
        yield Size(low, SIZES[index + 1] - 1 if index + 1 < len(SIZES) else None, packets[index])


def rate(tally: Tally, width: int) -> Rate:
    """Read a tally by time (`width` ns each) as at most 60 equal bars; packets without a time are left out."""
    times = {key[0]: count[0] for key, count in tally.items() if key[0] is not None}
    if not times:
        return Rate(None, width / _SECOND, ())
    first, last = min(times), max(times)
    step = _nice(-((first - last - 1) // _BARS), width)
    first -= first % step
    bars = [0] * ((last - first) // step + 1)
    for at, packets in times.items():
        bars[(at - first) // step] += packets
    return Rate(iso(first * width), step * width / _SECOND, tuple(bars))


def _nice(least: int, width: int) -> int:
    """Return the round number of `width`s that is at least `least`: 1, 2, 5, 10 … of a second, or whole minutes, hours, days."""
    rounds = [n * 10**k for k in range(9) for n in (1, 2, 5)]
    if width * least > 30 * _SECOND:
        rounds = [n * _SECOND // width for n in (60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400, 604800)]
    return next((n for n in rounds if n >= least), least)


def intervals(tally: Tally, width: int, *, most: int = 100_000) -> tuple[list[Interval], bool]:
    """Read a tally by time (`width` ns each) as one row an interval, and whether empty intervals are among them.

    They are left out where there would be more than `most` rows: a capture with one wrong clock can span centuries.
    """
    sums = {key[0]: count for key, count in tally.items() if key[0] is not None}
    if not sums:
        return [], True
    first, last = min(sums), max(sums)
    whole = last - first < most
    steps: Iterable[int] = range(first, last + 1) if whole else sorted(sums)
    rows = ((step, sums.get(step, (0, 0, None, None))) for step in steps)
    return [Interval(iso(step * width) or "", count[0], count[1]) for step, count in rows], whole
