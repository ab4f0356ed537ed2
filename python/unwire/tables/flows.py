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
from unwire.tables.tally import Count, Tally, iso, plus

#: Network layers whose addresses name a talker.
NETWORKS = ("ip", "ipv6")
# The same chain of protocols may be several entries of a column's dictionary that differ in where the walk ended; `stop` keeps them apart.
_SHAPE = ("frame.protocols", "stop", "stop.layer")


@dataclass(frozen=True)
class Flow:
    """Packets from one address (and port) to another. `protocol` is the transport, or the network layer itself where nothing is known on it."""

    protocol: str
    source: str
    source_port: int | None
    target: str
    target_port: int | None
    count: Count


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


def conversations(found: Iterable[Flow], *, by: str = "port") -> list[Conversation]:
    """Return who talked with whom, most bytes first.

    `by` is ``"port"`` (addresses and both ports), ``"service"`` (addresses and the server's port; the client's are put together) or
    ``"address"``.
    """
    sides: dict[tuple[str, str, int | None, str, int | None], dict[bool, Count]] = {}
    ports: dict[tuple[str, str, int | None, str, int | None], set[tuple[int | None, int | None]]] = {}
    for flow in found:
        protocol = "" if by == "address" else flow.protocol
        one, other = flow.source_port, flow.target_port
        if by == "address":
            one = other = None
        elif by == "service" and one is not None and other is not None and one != other:
            one, other = (None, other) if server_is_target(flow.protocol, one, other) else (one, None)
        here, there = (flow.source, one), (flow.target, other)
        swapped = _order(there) < _order(here)
        low, high = (there, here) if swapped else (here, there)
        key = (protocol, *low, *high)
        counts = sides.setdefault(key, {})
        counts[swapped] = plus(counts[swapped], flow.count) if swapped in counts else flow.count
        pair = (flow.target_port, flow.source_port) if swapped else (flow.source_port, flow.target_port)
        ports.setdefault(key, set()).add(pair)
    made = [_conversation(key, counts, len(ports[key])) for key, counts in sides.items()]
    return sorted(made, key=lambda c: (-c.bytes, c.first or "", c.a, c.b, c.a_port or 0, c.b_port or 0))


def _order(side: tuple[str, int | None]) -> tuple[str, int]:
    return side[0], -1 if side[1] is None else side[1]


def _conversation(key: tuple[str, str, int | None, str, int | None], counts: dict[bool, Count], connections: int) -> Conversation:
    protocol, low, low_port, high, high_port = key
    nothing: Count = (0, 0, None, None)
    up, down = counts.get(False, nothing), counts.get(True, nothing)
    if not up[0] or (down[0] and (down[2] or 0) < (up[2] or 0)):  # the other side spoke first
        low, low_port, high, high_port, up, down = high, high_port, low, low_port, down, up
    total = plus(up, down)
    return Conversation(
        protocol, low, low_port, high, high_port, _service(protocol, low_port, high_port),
        total[0], total[1], up[0], up[1], down[0], down[1], connections, iso(total[2]), iso(total[3]),
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
