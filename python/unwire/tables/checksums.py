"""Checksum trouble: how many are wrong, by protocol and by sender, and whether that is damage or a network card's work left undone. Counting only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unwire import schema
from unwire.tables.flows import NETWORKS, outermost
from unwire.tables.tally import Tally

#: Protocols whose `….checksum.status` is looked at, as far as they are declared.
_CHECKED = ("ip", "tcp", "udp", "icmp", "icmpv6", "igmp", "sctp")
#: Values of a status column, as Wireshark's.
BAD, GOOD = 0, 1
#: One bad packet may be damage; offload shows in everything that a host sends.
_ENOUGH = 2
_SHAPE = ("frame.protocols",)


@dataclass(frozen=True)
class Sender:
    """A host of whose outgoing checksums at least one is wrong. `all_bad` is true where none of several is right."""

    address: str
    bad: int
    good: int
    all_bad: bool


@dataclass(frozen=True)
class Checksums:
    """The checksums of one protocol.

    `verdict` is None without bad ones, ``"offload"`` if all bad ones are of senders of which none is right, else ``"damage"``.
    """

    protocol: str
    good: int
    bad: int
    unchecked: int
    senders: tuple[Sender, ...]
    verdict: Literal["offload", "damage"] | None


def checksum_protocols() -> tuple[str, ...]:
    """Return the declared protocols whose checksums are verified."""
    known = schema.columns()
    return tuple(name for name in _CHECKED if f"{name}.checksum.status" in known)


def checksum_key() -> tuple[str, ...]:
    """Return the columns whose tally `checksums` reads."""
    return (*_SHAPE, *(f"{network}.src" for network in NETWORKS), *(f"{name}.checksum.status" for name in checksum_protocols()))


def checksums(tally: Tally) -> list[Checksums]:
    """Read a tally by `checksum_key`, a row for each protocol that occurs."""
    found = []
    for index, protocol in enumerate(checksum_protocols()):
        hosts: dict[str, list[int]] = {}
        unchecked = 0
        for key, count in tally.items():
            status = key[len(_SHAPE) + len(NETWORKS) + index]
            if status in (BAD, GOOD):
                network = outermost(key[0] or "")[0]
                sender = key[len(_SHAPE) + NETWORKS.index(network)] if network else None
                hosts.setdefault(sender or "unknown", [0, 0])[status] += count[0]
            elif status is not None:
                unchecked += count[0]
        if hosts or unchecked:
            found.append(_judge(protocol, hosts, unchecked))
    return found


def _judge(protocol: str, hosts: dict[str, list[int]], unchecked: int) -> Checksums:
    senders = [Sender(host, n[BAD], n[GOOD], n[BAD] >= _ENOUGH and not n[GOOD]) for host, n in hosts.items() if n[BAD]]
    senders.sort(key=lambda sender: (-sender.bad, sender.address))
    verdict: Literal["offload", "damage"] | None = None
    if senders:
        verdict = "offload" if all(sender.all_bad for sender in senders) else "damage"
    good, bad = sum(n[GOOD] for n in hosts.values()), sum(n[BAD] for n in hosts.values())
    return Checksums(protocol, good, bad, unchecked, tuple(senders), verdict)
