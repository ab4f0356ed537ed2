"""Who talks to whom: one tally of packets by addresses and ports, read as talkers, endpoints, conversations, ports and services.

Addresses are those of the outermost network layer, ports those of the transport directly on it: what an ICMP error quotes, or a tunnel
carries, is never counted as a talk of its own. No flow state is kept here; connections in time are the business of the conn table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from unwire import data, schema
from unwire.tables.tally import Count, Tally, iso

#: Network layers whose addresses name a talker.
NETWORKS = ("ip", "ipv6")
_SHAPE = ("frame.protocols",)


@dataclass(frozen=True, slots=True)
class Flow:
    """Packets from one address (and port) to another. `protocol` is the transport, or the network layer itself where nothing is known on it."""

    protocol: str
    source: str
    source_port: int | None
    target: str
    target_port: int | None
    count: Count


@dataclass(frozen=True, slots=True)
class Talker:
    """An address, or an address with a port, and what it sent and received."""

    address: str
    protocol: str | None
    port: int | None
    packets: int
    bytes: int
    packets_sent: int
    bytes_sent: int
    packets_received: int
    bytes_received: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two talkers; `a` sent the first packet. Times are ISO 8601 in UTC. `connections` are the distinct pairs of ports in it."""

    protocol: str
    a: str
    a_port: int | None
    b: str
    b_port: int | None
    service: str | None
    packets: int
    bytes: int
    packets_a_to_b: int
    bytes_a_to_b: int
    packets_b_to_a: int
    bytes_b_to_a: int
    connections: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a transport, as the source and as the target of packets; a packet between equal ports counts once in `packets`."""

    protocol: str
    port: int
    service: str | None
    packets: int
    bytes: int
    packets_from: int
    bytes_from: int
    packets_to: int
    bytes_to: int


@dataclass(frozen=True, slots=True)
class Service:
    """A port that was talked to, whatever the ports on the other side."""

    protocol: str
    port: int
    service: str | None
    packets: int
    bytes: int
    connections: int
    servers: int
    clients: int


def transports() -> tuple[str, ...]:
    """Return the protocols that have ports: those with both a source and a destination port column."""
    names = schema.columns()
    return tuple(sorted(n[:-8] for n in names if n.endswith(".srcport") and f"{n[:-8]}.dstport" in names))


def flow_key() -> tuple[str, ...]:
    """Return the columns whose tally `flows` reads."""
    addresses = [f"{network}.{end}" for network in NETWORKS for end in ("src", "dst")]
    ports = [f"{transport}.{end}" for transport in transports() for end in ("srcport", "dstport")]
    return (*_SHAPE, *addresses, *ports)


def flows(tally: Tally) -> Iterator[Flow]:
    """Read a tally by `flow_key` as flows; packets without a network layer are left out."""
    names = transports()
    ports = {name: len(_SHAPE) + 2 * len(NETWORKS) + 2 * index for index, name in enumerate(names)}
    for key, count in tally.items():
        network, protocol = outermost(key[0] or "")
        if network is None:
            continue
        at = len(_SHAPE) + 2 * NETWORKS.index(network)
        source, target = key[at], key[at + 1]
        if source is None or target is None:
            continue
        place = ports.get(protocol)
        sent, received = (None, None) if place is None else key[place : place + 2]
        yield Flow(protocol, source, sent, target, received, count)


@lru_cache(maxsize=4096)
def outermost(protocols: str) -> tuple[str | None, str]:
    """Return the outermost network layer of a chain of protocols, and what is directly on it (extension headers aside)."""
    chain = iter(protocols.split(":"))
    network = next((name for name in chain if name in NETWORKS), None)
    if network is None:
        return None, ""
    return network, next((name for name in chain if not name.startswith(f"{network}.") and name != "ah"), network)


def talkers(found: Iterable[Flow], *, by_port: bool = False) -> list[Talker]:
    """Return the addresses (with `by_port` each of their ports by itself) and their traffic, most bytes first."""
    sums: dict[tuple[str, str | None, int | None], list[int]] = {}
    for flow in found:
        protocol = flow.protocol if by_port else None
        packets, size = flow.count[:2]
        source = (flow.source, protocol, flow.source_port if by_port else None)
        target = (flow.target, protocol, flow.target_port if by_port else None)
        entry = sums.setdefault(source, [0] * 6)
        entry[2] += packets
        entry[3] += size
        other = sums.setdefault(target, [0] * 6)
        other[4] += packets
        other[5] += size
        for one in (entry,) if source == target else (entry, other):
            one[0] += packets
            one[1] += size
    made = (Talker(*key, *entry) for key, entry in sums.items())
    return sorted(made, key=lambda t: (-t.bytes, t.address, t.protocol or "", t.port or 0))


def conversations(found: Iterable[Flow], *, by: str = "port", top: int = 0) -> list[Conversation]:
    """Return who talked with whom, most bytes first; `top` cuts the list (0: whole).

    `by` is ``"port"`` (addresses and both ports), ``"service"`` (addresses and the server's port; the client's are put together) or
    ``"address"``.
    """
    return ranked(pair_up(found, by=by), top=top)


def ranked(pairs: dict[_Pair, _Sums], *, top: int = 0) -> list[Conversation]:
    """Return the conversations of `pair_up`, most bytes first; `top` cuts the list (0: whole)."""
    order = sorted(pairs, key=lambda key: (-sum(pairs[key].bytes), key[1], key[3], key[0], key[2] or 0, key[4] or 0))
    return [_conversation(key, pairs[key]) for key in order[: top or None]]


def pair_up(found: Iterable[Flow], *, by: str = "port") -> dict[_Pair, _Sums]:
    """Add up the flows of each pair of talkers: what `ranked` reads. Its length is the number of conversations."""
    sums: dict[_Pair, _Sums] = {}
    for flow in found:
        protocol, one, other = flow.protocol, flow.source_port, flow.target_port
        if by == "address":
            protocol, one, other = "", None, None
        elif by == "service" and one is not None and other is not None and one != other:
            one, other = (None, other) if server_is_target(protocol, one, other) else (one, None)
        here, there = flow.source, flow.target
        # The two directions of a talk have one key: the lesser side is named first.
        swapped = (there, -1 if other is None else other) < (here, -1 if one is None else one)
        key = (protocol, there, other, here, one) if swapped else (protocol, here, one, there, other)
        entry = sums.get(key)
        if entry is None:
            entry = sums[key] = _Sums()
        entry.add(swapped, flow)
    return sums


_Pair = tuple[str, str, int | None, str, int | None]


class _Sums:
    """What the two sides of a conversation sent; index 1 is the side that its key names second."""

    __slots__ = ("bytes", "first", "last", "packets", "ports")

    def __init__(self) -> None:
        self.packets, self.bytes = [0, 0], [0, 0]
        self.first: list[int | None] = [None, None]
        self.last: int | None = None
        self.ports: set[tuple[int | None, int | None]] | None = None

    def add(self, side: bool, flow: Flow) -> None:
        packets, size, first, last = flow.count
        self.packets[side] += packets
        self.bytes[side] += size
        known = self.first[side]
        if first is not None and (known is None or first < known):
            self.first[side] = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last
        pair = (flow.target_port, flow.source_port) if side else (flow.source_port, flow.target_port)
        if self.ports is None:
            self.ports = {pair}
        else:
            self.ports.add(pair)


def _conversation(key: _Pair, sums: _Sums) -> Conversation:
    protocol, a, a_port, b, b_port = key
    up, down = 0, 1
    starts = sums.first
    if not sums.packets[0] or (sums.packets[1] and (starts[1] or 0) < (starts[0] or 0)):  # the other side spoke first
        a, a_port, b, b_port, up, down = b, b_port, a, a_port, 1, 0
    first = min((start for start in starts if start is not None), default=None)
    return Conversation(
        protocol, a, a_port, b, b_port, _service(protocol, a_port, b_port),
        sum(sums.packets), sum(sums.bytes), sums.packets[up], sums.bytes[up], sums.packets[down], sums.bytes[down],
        len(sums.ports or ()), iso(first), iso(sums.last),
    )  # fmt: skip


def ports(found: Iterable[Flow]) -> list[Port]:
    """Return the ports and their traffic, most bytes first."""
    sums: dict[tuple[str, int], list[int]] = {}
    for flow in found:
        packets, size = flow.count[:2]
        for at, port in ((2, flow.source_port), (4, flow.target_port)):
            if port is None:
                continue
            entry = sums.setdefault((flow.protocol, port), [0] * 6)
            entry[at] += packets
            entry[at + 1] += size
            if at == 2 or port != flow.source_port:
                entry[0] += packets
                entry[1] += size
    made = (Port(protocol, port, data.services().get((protocol, port)), *entry) for (protocol, port), entry in sums.items())
    return sorted(made, key=lambda p: (-p.bytes, p.protocol, p.port))


def services(found: Iterable[Flow]) -> list[Service]:
    """Return the ports of servers and their traffic, most bytes first."""
    traffic: Counter[tuple[str, int]] = Counter()
    volume: Counter[tuple[str, int]] = Counter()
    talks: dict[tuple[str, int], set[tuple[str, int, str]]] = {}
    for flow in found:
        if flow.source_port is None or flow.target_port is None:
            continue
        if server_is_target(flow.protocol, flow.source_port, flow.target_port):
            key, talk = (flow.protocol, flow.target_port), (flow.source, flow.source_port, flow.target)
        else:
            key, talk = (flow.protocol, flow.source_port), (flow.target, flow.target_port, flow.source)
        traffic[key] += flow.count[0]
        volume[key] += flow.count[1]
        if flow.source_port == flow.target_port:  # both are servers: one talk, whoever speaks
            talk = (min(flow.source, flow.target), flow.source_port, max(flow.source, flow.target))
        talks.setdefault(key, set()).add(talk)
    made = (
        Service(
            key[0], key[1], data.services().get(key), packets, volume[key],
            len(talks[key]), len({talk[2] for talk in talks[key]}), len({talk[0] for talk in talks[key]}),
        )
        for key, packets in traffic.items()
    )  # fmt: skip
    return sorted(made, key=lambda s: (-s.bytes, s.protocol, s.port))


def server_is_target(protocol: str, source_port: int, target_port: int) -> bool:
    """Return whether the target's port is the likelier server's: a port with a service's name before one without, then the lower number."""
    known = data.services()
    named = ((protocol, source_port) in known, (protocol, target_port) in known)
    return named[1] if named[0] != named[1] else target_port <= source_port


def _service(protocol: str, one: int | None, other: int | None) -> str | None:
    if one is not None and other is not None:
        port: int | None = other if server_is_target(protocol, one, other) else one
    else:
        port = other if one is None else one
    return None if port is None else data.services().get((protocol, port))
