"""Who talks to whom: flows counted in the engine, read as talkers, endpoints, conversations, ports and services, largest first.

Addresses are those of the outermost network layer, ports those of the transport directly on it: what an ICMP error quotes, or a tunnel
carries, is never counted as a talk of its own. Memory is bounded: where there are more flows or addresses than are kept, the smaller ones are
put together as others, and `Talks.lost` says how much that was. No flow state is kept here; connections in time are the conn table's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from unwire import _engine, data, schema
from unwire.tables.tally import iso

#: Network layers whose addresses name a talker.
NETWORKS = ("ip", "ipv6")
#: What is passed over between the network layer and the transport, beside the network layer's own headers.
_BETWEEN: tuple[str, ...] = ("ah",)
#: Rows that are made at once.
_CHUNK = 1024

By = Literal["port", "service", "address"]
Row = TypeVar("Row")


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


@dataclass(frozen=True, slots=True)
class Others:
    """What was put together for want of room: its packets and bytes, and how many bytes each single one of it had at most.

    A row that is shown may lack as much of each of its flows, and what is not shown had no more.
    """

    packets: int
    bytes: int
    each: int


class Rows(Collection[Row]):
    """A ranking whose rows are made while it is iterated. `count` is how many there are, of which `len` are ranked."""

    def __init__(self, ranking: _engine.Ranking, make: Callable[[Any], Row]) -> None:
        self._ranking, self._make = ranking, make
        self.count = ranking.count

    def __len__(self) -> int:
        return len(self._ranking)

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, len(self), _CHUNK):
            yield from map(self._make, self._ranking.rows(first, _CHUNK))


class Talks:
    """The flows of captures: give its `engine` to `unwire.tables.tally.passes`, then ask.

    At most about `most` flows and as many addresses are kept. `checks` are columns of checksum verdicts. In all lists the most bytes come
    first, and `top` cuts them (0: whole).
    """

    def __init__(self, *, generation: _engine.Schema | None = None, checks: Sequence[str] = (), most: int | None = None) -> None:
        networks = [(name, f"{name}.src", f"{name}.dst") for name in NETWORKS]
        ports = [(name, f"{name}.srcport", f"{name}.dstport") for name in transports()]
        self.engine = _engine.Flows(generation or schema.current(), networks, ports, list(_BETWEEN), list(checks), list(data.services()), most)

    def talkers(self, top: int = 0) -> Rows[Talker]:
        """Return the addresses and their traffic."""
        return Rows(self.engine.rank("talkers", top), _talker)

    def endpoints(self, top: int = 0) -> Rows[Talker]:
        """Return the addresses with each of their ports by itself."""
        return Rows(self.engine.rank("endpoints", top), _talker)

    def conversations(self, top: int = 0, *, by: By = "port") -> Rows[Conversation]:
        """Return who talked with whom.

        `by` is ``"port"`` (addresses and both ports), ``"service"`` (addresses and the server's port; the client's are put together) or
        ``"address"``.
        """
        return Rows(self.engine.rank("conversations", top, by), _conversation)

    def ports(self, top: int = 0) -> Rows[Port]:
        """Return the ports and their traffic."""
        return Rows(self.engine.rank("ports", top), _port)

    def services(self, top: int = 0) -> tuple[list[Service], int]:
        """Return the ports of servers and their traffic, and how many there are."""
        rows, count = self.engine.services(top)
        return [Service(*row[:2], data.services().get(row[:2]), *row[2:]) for row in rows], count

    @property
    def lost(self) -> tuple[Others, Others]:
        """What was put together as others: of the flows, and of the addresses."""
        flows, addresses = (Others(packets, size, each) for (packets, size), (_, each) in self.engine.lost())
        return flows, addresses


def transports() -> tuple[str, ...]:
    """Return the protocols that have ports: those with both a source and a destination port column."""
    names = schema.columns()
    return tuple(sorted(n[:-8] for n in names if n.endswith(".srcport") and f"{n[:-8]}.dstport" in names))


def _talker(row: tuple[Any, ...]) -> Talker:
    return Talker(*row)


def _port(row: tuple[Any, ...]) -> Port:
    protocol, port, *volumes = row
    return Port(protocol, port, data.services().get((protocol, port)), *volumes)


def _conversation(row: tuple[Any, ...]) -> Conversation:
    (protocol, a, a_port, b, b_port), server, (out, out_bytes, back, back_bytes), connections, first, last = row
    service = data.services().get((protocol, cast(int, server)))
    volumes = (out + back, out_bytes + back_bytes, out, out_bytes, back, back_bytes)
    return Conversation(protocol, a, a_port, b, b_port, service, *volumes, connections, iso(first), iso(last))
