"""Checksum trouble: how many are wrong, by protocol and by sender, and whether that is damage or a network card's work left undone. Counting only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unwire import schema
from unwire.tables.flows import Talks

#: Protocols whose `….checksum.status` is looked at, as far as they are declared.
_CHECKED = ("ip", "tcp", "udp", "icmp", "icmpv6", "igmp", "sctp")
#: One bad packet may be damage; offload shows in everything that a host sends.
_ENOUGH = 2


@dataclass(frozen=True)
class Sender:
    """A host of whose outgoing checksums at least one is wrong. `all_bad` is true where none of several is right."""

    address: str
    bad: int
    good: int
    all_bad: bool


@dataclass(frozen=True)
class Checksums:
    """The checksums of one protocol; `senders` are the first of `sender_count`.

    `verdict` is None without bad ones, ``"offload"`` if all bad ones are of senders of which none is right, else ``"damage"``.
    """

    protocol: str
    good: int
    bad: int
    unchecked: int
    senders: tuple[Sender, ...]
    sender_count: int
    verdict: Literal["offload", "damage"] | None


def checksum_protocols() -> tuple[str, ...]:
    """Return the declared protocols whose checksums are verified."""
    known = schema.columns()
    return tuple(name for name in _CHECKED if f"{name}.checksum.status" in known)


def checksum_columns() -> list[str]:
    """Return the columns whose verdicts `checksums` reads: what `Talks` is given as `checks`."""
    return [f"{name}.checksum.status" for name in checksum_protocols()]


def checksums(talks: Talks, top: int = 0) -> list[Checksums]:
    """Return a row for each protocol that occurs, with the first `top` of the senders of bad ones (0: all)."""
    found = []
    for protocol, ((bad, good, unchecked), hosts, count, throughout) in zip(checksum_protocols(), talks.engine.checksums(top, _ENOUGH), strict=True):
        if bad or good or unchecked:
            senders = tuple(Sender(host or "unknown", bad, good, bad >= _ENOUGH and not good) for host, bad, good in hosts)
            verdict: Literal["offload", "damage"] | None = None
            if bad:
                verdict = "offload" if throughout else "damage"
            found.append(Checksums(protocol, good, bad, unchecked, senders, count, verdict))
    return found
