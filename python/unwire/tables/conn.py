"""The log of connections: Zeek's conn.log, a row for each flow that is over. Flows are kept in the engine; here is what depends on names: ports
that servers are likely to have, services that may be silent for long, addresses that count as local.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from unwire import _engine
from unwire.data.signatures import signatures
from unwire.errors import UnwireError
from unwire.tables.table import Table

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

Key = Literal["vlan", "tunnel"]

#: Zeek's names of transports: of streams, datagrams, messages and all else.
TRANSPORTS = ("tcp", "udp", "icmp", "unknown_transport")
#: Ports that servers are likely to have, of TCP and of UDP: a flow that begins in the middle is turned by them (Zeek's `likely_server_ports`).
LIKELY = (
    (
        21, 22, 23, 25, 53, 80, 81, 88, 135, 139, 143, 389, 443, 445, 465, 502, 514, 563, 585, 587, 614, 631, 636, 989, 990, 992, 993, 995, 1080,
        1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000,
    ),
    (
        53, 67, 68, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 1813, 2152, 3389, 3544, 4011, 4754, 4789, 5060, 5072, 5353, 5355, 6081, 20000,
    ),
)  # fmt: skip
#: Connections that may be silent for an hour: of these ports, and of these services.
PATIENT = ((21, 22, 23, 513), ("ssh", "ftp"))
#: Services of datagrams whose flows are over after about ten seconds.
SHORT = ("dns",)
#: Numbers that say that IPv6 carries nothing (RFC 8200 section 4.7): such packets are no connection's.
NOTHING = (59,)
#: Addresses that are local unless others are named: private ones, and those of one host or one link.
LOCAL = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128")
#: Zeek's types of columns; what is not named here is a count.
TYPES = {
    "ts": "time", "uid": "string", "id.orig_h": "addr", "id.orig_p": "port", "id.resp_h": "addr", "id.resp_p": "port", "proto": "enum",
    "service": "string", "duration": "interval", "conn_state": "string", "local_orig": "bool", "local_resp": "bool", "history": "string",
    "tunnel_parents": "set[string]", "community_id": "string", "vlan": "int", "inner_vlan": "int", "handshake": "interval",
    "streams": "vector[count]",
}  # fmt: skip


class ConnTable(Table):
    """Connections as Zeek's conn.log has them; see `Trace.conn`. Rows stand in the order in which their flows are over."""

    def __init__(
        self,
        trace: Trace,
        *,
        key: Key | Sequence[Key] | None = None,
        tcp: bool = False,
        streams: bool = False,
        checksums: Literal["ignore", "verify"] = "ignore",
        local: Iterable[str] = LOCAL,
        seed: int = 0,
        most: int = 0,
        workers: int | None = None,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> None:
        generation = trace.generation
        super().__init__(trace, generation, (), "first", workers, on_progress)
        self._asked = connections(generation, key=key, tcp=tcp, streams=streams, checksums=checksums, local=local, seed=seed, most=most)
        self.columns = self._asked.columns()

    def _begin(self, sources: list[_engine.Source]) -> _engine.Stream:
        where = self._where.engine if self._where else None
        return self._asked.stream(sources, self._workers, self._trace.link_type, where)

    def slice(self, path: str | os.PathLike[str], *, force: bool = False) -> int:
        """Not for connections: `unwire slice --uid` cuts one out."""
        raise TypeError("a row of connections is no packet; cut one out by its uid: unwire slice FILE --uid UID -w OUT")

    def zeek(self) -> Iterable[bytes]:
        """Yield the log as Zeek writes it: tab-separated, with its lines at the head and the end."""
        from unwire.tables.export import zeek

        yield from zeek(self, "conn", TYPES)


def connections(
    generation: _engine.Schema,
    *,
    key: Key | Sequence[Key] | None = None,
    tcp: bool = False,
    streams: bool = False,
    checksums: Literal["ignore", "verify"] = "ignore",
    local: Iterable[str] = LOCAL,
    seed: int = 0,
    most: int = 0,
) -> _engine.Connections:
    """Return what begins passes over connections: their log, and the logs of what they say."""
    keys = [key] if isinstance(key, str) else list(key or ())
    for one in keys:
        if one not in ("vlan", "tunnel"):
            raise ValueError(f"key is 'vlan', 'tunnel' or both, not {one!r}")
    if checksums not in ("ignore", "verify"):
        raise ValueError(f"checksums is 'ignore' or 'verify', not {checksums!r}")
    networks = [ipaddress.ip_network(one) for one in local]
    return _engine.Connections(
        generation,
        list(TRANSPORTS),
        ["vlan", "inner_vlan"],
        signatures(),
        [list(ports) for ports in LIKELY],
        (list(PATIENT[0]), list(PATIENT[1])),
        list(SHORT),
        [(network.network_address, network.prefixlen) for network in networks],
        list(NOTHING),
        by_tag="vlan" in keys,
        by_tunnel="tunnel" in keys,
        verify=checksums == "verify",
        quality=tcp,
        numbers=streams,
        seed=seed,
        most=most,
    )


#: Messages that quote what they are about (RFC 792; RFC 4443 section 2.1).
ERRORS = {"icmp": (3, 4, 5, 11, 12), "icmpv6": (1, 2, 3, 4)}


def packets_of(trace: Trace, uid: str | None, community_id: str | None) -> str:
    """Return a display filter for the packets of the connections with this uid or this Community ID."""
    if (uid is None) == (community_id is None):
        raise TypeError("give uid or community_id")
    if len(trace.names) > 1:
        raise UnwireError("a connection is cut out of one capture; merge them, or name the one that it is in")
    column, value = ("uid", uid) if uid is not None else ("community_id", community_id)
    found: list[dict[str, Any]] = []
    tunnels: set[str] = set()
    for row in trace.conn():
        tunnels.update(row["tunnel_parents"] or ())
        if row[column] == value:
            found.append(row)
    if not found:
        raise UnwireError(f"no connection has the {column} {value}")
    return " or ".join(f"({_packets(row, tunnel=row['uid'] in tunnels)})" for row in found)


def _packets(row: dict[str, Any], *, tunnel: bool) -> str:
    a, b = (f"ip{'v6' if ':' in row[f'id.{side}_h'] else ''}" for side in ("orig", "resp"))
    both = [
        [f"{a}.src == {row['id.orig_h']}", f"{b}.dst == {row['id.resp_h']}"],
        [f"{a}.src == {row['id.resp_h']}", f"{b}.dst == {row['id.orig_h']}"],
    ]
    is_error = False
    if row["proto"] in ("tcp", "udp"):
        proto, ports = row["proto"], (row["id.orig_p"], row["id.resp_p"])
        both[0] += [f"{proto}.srcport == {ports[0]}", f"{proto}.dstport == {ports[1]}"]
        both[1] += [f"{proto}.srcport == {ports[1]}", f"{proto}.dstport == {ports[0]}"]
    elif row["proto"] == "icmp":
        name, kinds = "icmp" if row["ip_proto"] == 1 else "icmpv6", (row["id.orig_p"], row["id.resp_p"])
        is_error = kinds[0] in ERRORS[name]
        both = [[*one, f"{name}.type == {kinds[0]}" if is_error else f"{name}.type in {{{kinds[0]}, {kinds[1]}}}"] for one in both]
    else:
        both = [[*one, f"{'ip.proto' if a == 'ip' else 'ipv6.nxt'} == {row['ip_proto']}"] for one in both]
    there, back = (" and ".join(one) for one in both)
    # A packet that only quotes the connection is not of it; a tunnel may carry errors about others.
    quoting = " or ".join(f"{name}.type in {{{', '.join(map(str, types))}}}" for name, types in ERRORS.items())
    apart = "" if is_error or tunnel else f" and not ({quoting})"
    return f"frame.number >= {row['first_frame']} and frame.number <= {row['last_frame']} and (({there}) or ({back})){apart}"
