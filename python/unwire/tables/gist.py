"""What the connections of captures come to, for a summary: how many there were, how they went, how well streams came through, and the names that were
asked for most. The counting is the engine's; here is what is counted, as data.
"""

from __future__ import annotations

from dataclasses import dataclass

from unwire import _engine
from unwire.tables.conn import connections

#: Where names stand: the log and its column.
_NAMES = (("dns", "query"), ("http", "host"), ("ssl", "server_name"))


@dataclass(frozen=True)
class Name:
    """A name, and the rows of a log that have it."""

    name: str
    rows: int


@dataclass(frozen=True)
class Names:
    """The names in a column of a log, most frequent first, cut to the length that was asked for; `count` says how many there are.

    Where there are more than some 30,000, rare ones are given up: `uncounted` are the rows that had one.
    """

    top: tuple[Name, ...]
    count: int
    uncounted: int


@dataclass(frozen=True)
class Connections:
    """Connections as `Trace.conn` tells them apart, by transport; of TCP the states they ended in (Zeek's) and how well segments came through.

    `retransmitted`, `out_of_order` and `zero_window` are segments, `lost_bytes` were acknowledged and are not in the capture, `troubled` are the
    connections that have any of these; times of handshakes are seconds.
    """

    tcp: int
    udp: int
    icmp: int
    other: int
    states: tuple[tuple[str, int], ...]
    segments: int
    retransmitted: int
    out_of_order: int
    zero_window: int
    lost_bytes: int
    troubled: int
    handshakes: int
    handshake_mean: float | None
    handshake_slowest: float | None
    dns_names: Names
    http_hosts: Names
    tls_server_names: Names


def begin(generation: _engine.Schema) -> _engine.Gist:
    """Return what a pass of counting fills."""
    return connections(generation, tcp=True).gist(_NAMES)


def end(gist: _engine.Gist, top: int) -> Connections:
    """Return what was found; nothing can be added then."""
    numbers, states, found = gist.finish(top)
    dns, hosts, servers = (Names(tuple(Name(*one) for one in names), count, others) for names, count, _, others, _ in found)
    many = numbers["handshakes"]
    return Connections(
        tcp=numbers["streams"],
        udp=numbers["datagrams"],
        icmp=numbers["messages"],
        other=numbers["others"],
        states=tuple(sorted(states, key=lambda one: (-one[1], one[0]))),
        segments=numbers["segments"],
        retransmitted=numbers["retransmitted"],
        out_of_order=numbers["out_of_order"],
        zero_window=numbers["zero_window"],
        lost_bytes=numbers["lost"],
        troubled=numbers["troubled"],
        handshakes=many,
        handshake_mean=numbers["opening"] / many / 1e9 if many else None,
        handshake_slowest=numbers["slowest"] / 1e9 if many else None,
        dns_names=dns,
        http_hosts=hosts,
        tls_server_names=servers,
    )
