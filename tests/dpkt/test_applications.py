"""dns, http and ssl, message by message: every payload of the public captures that may be one is read by dpkt 1.9.8 and by unwire.dpkt, and both say
the same but for the reasons named here.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unwire
from unwire import dpkt as ours
from unwire.declare import Packet

dpkt = pytest.importorskip("dpkt")

#: Record types that dpkt reads; one of another type costs it the message.
KNOWN = {1, 2, 5, 6, 10, 12, 13, 15, 16, 28, 33, 41}
_VIEWS = (
    "ip", "ip6", "nsname", "cname", "ptrname", "mname", "rname", "serial", "refresh", "retry", "expire", "minimum", "mxname", "text", "null",
    "priority", "weight", "port", "srvname",
)  # fmt: skip


def frames(kit: Path) -> Iterator[tuple[str, int, bytes]]:
    """Yield "udp" or "tcp", the lower port and the payload of each packet."""
    for path in sorted((kit / "captures").iterdir()):
        try:
            for record in unwire.open(path).records():
                if record.link_type != 1 or record.number > 2000:
                    continue
                try:
                    layers = ours.ethernet.Ethernet(record.data).layers
                except ours.UnpackError:
                    continue
                for layer in layers:
                    if isinstance(layer, (ours.udp.UDP, ours.tcp.TCP)) and isinstance(layer.data, bytes) and layer.data:
                        yield type(layer).__name__.lower(), min(layer.sport, layer.dport), layer.data
        except (ValueError, OSError):
            continue


def attempt(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as error:
        return error


def kind(error: Exception) -> str:
    """The name of dpkt's error; what is none of dpkt's escapes it."""
    return type(error).__name__ if isinstance(error, (dpkt.Error, ours.Error)) else "escapes"


def dns_facts(message: Any) -> Any:
    def record(one: Any) -> Any:
        return (one.name, one.type, one.cls, one.ttl, one.rlen, one.rdata, {name: one.__dict__[name] for name in _VIEWS if name in one.__dict__})

    questions = [(one.name, one.type, one.cls) for one in message.qd]
    return (message.id, message.op, questions, *([record(one) for one in getattr(message, name)] for name in ("an", "ns", "ar")))


def test_dns(kit: Path) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for transport, port, data in frames(kit):
        if transport != "udp" or port not in (53, 5353, 5355):
            continue
        theirs, mine = attempt(lambda data=data: dpkt.dns.DNS(data)), attempt(lambda data=data: ours.dns.DNS(data))
        if isinstance(theirs, Exception) and isinstance(mine, Exception):
            counts["neither reads it"] += 1
            if kind(theirs) != "escapes" and isinstance(theirs, dpkt.NeedData) and not isinstance(mine, ours.UnpackError):
                wrong.append((data.hex(), theirs, mine))
        elif isinstance(theirs, Exception):
            # A record of a type that dpkt does not know costs it the message; text that is not UTF-8 escapes it.
            types = {one.type for name in ("an", "ns", "ar") for one in getattr(mine, name)}
            reason = "types that dpkt does not know" if types - KNOWN else "text that is not UTF-8" if isinstance(theirs, UnicodeDecodeError) else ""
            counts[reason] += 1
            if not reason:
                wrong.append((data.hex(), theirs, mine))
        elif isinstance(mine, Exception):
            # dpkt takes what is cut off, or of another length than its type has, as it comes.
            counts["cut, or longer or shorter than its type"] += 1
        else:
            counts["both read it"] += 1
            if any(not one.rdata for name in ("an", "ns") for one in getattr(mine, name)):
                # RFC 2136 section 2.4: an update may state a type without data; dpkt reads what follows as its data.
                counts["updates without data"] += 1
                continue
            if dns_facts(theirs) != dns_facts(mine):
                wrong.append((data.hex(), dns_facts(theirs), dns_facts(mine)))
            elif bytes(mine) != data and bytes(mine) != bytes(theirs):
                wrong.append((data.hex(), bytes(theirs).hex(), bytes(mine).hex()))
    assert not wrong, (len(wrong), wrong[:3])
    assert counts["both read it"] > 500, counts
    assert counts["cut, or longer or shorter than its type"] < 0.02 * counts["both read it"], counts


def http_facts(message: Any) -> Any:
    start = [getattr(message, name, None) for name in ("method", "uri", "version", "status", "reason")]
    return start, list(message.headers.items()), message.body, message.data


def test_http(kit: Path) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for transport, _port, data in frames(kit):
        if transport != "tcp" or not (data.startswith(b"HTTP") or data[:16].split(b" ")[0].isupper()):
            continue
        for name in ("Request", "Response"):
            theirs = attempt(lambda data=data, name=name: getattr(dpkt.http, name)(data))
            mine = attempt(lambda data=data, name=name: getattr(ours.http, name)(data))
            if isinstance(theirs, Exception) or isinstance(mine, Exception):
                same = isinstance(theirs, Exception) and isinstance(mine, Exception)
                same = same and (kind(theirs) == "escapes" or (kind(theirs), str(theirs)) == (kind(mine), str(mine)))
            else:
                same = http_facts(theirs) == http_facts(mine) and bytes(theirs) == bytes(mine)
            counts["same" if same else "other"] += 1
            if not same:
                wrong.append((data[:200], theirs, mine))

    # A list of codings that ends with chunks, methods that are in use, and lists of header fields that are packed field by field.
    def lists(message: Any) -> bool:
        return any(isinstance(value, list) for value in getattr(message, "headers", {}).values())

    unexplained = [one for one in wrong if b"hunked" not in one[0] and not lists(one[2]) and "method" not in str(one[1])]
    assert not unexplained, (len(unexplained), unexplained[:4])
    assert counts["same"] > 3000, counts


def tls_facts(record: Any) -> Any:
    return record.type, int(record.version), record.length, bytes(record.data), len(record)


def hello_facts(hello: Any) -> Any:
    names = ("version", "random", "session_id", "compression_methods", "compression_method", "extensions", "certificates")
    suites = [one.code for one in getattr(hello, "ciphersuites", ())]
    return [getattr(hello, name, None) for name in names], suites, getattr(getattr(hello, "ciphersuite", None), "code", None)


def test_ssl(kit: Path) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for transport, _port, data in frames(kit):
        if transport != "tcp" or data[0] not in (20, 21, 22, 23) or data[1:2] != b"\x03":
            continue
        theirs, mine = attempt(lambda data=data: dpkt.ssl.tls_multi_factory(data)), attempt(lambda data=data: ours.ssl.tls_multi_factory(data))
        if isinstance(theirs, Exception) or isinstance(mine, Exception):
            same = type(theirs).__name__ == type(mine).__name__
        else:
            same = [tls_facts(one) for one in theirs[0]] == [tls_facts(one) for one in mine[0]] and theirs[1] == mine[1]
        counts["records" if same else "other records"] += 1
        if not same:
            wrong.append((data[:64].hex(), theirs, mine))
            continue
        for one in [] if isinstance(mine, Exception) else mine[0]:
            if one.type != 22 or len(one.data) < 4 or one.data[0] not in (1, 2, 11):
                continue
            read = [attempt(lambda module=module, data=one.data: module.ssl.TLSHandshake(data)) for module in (dpkt, ours)]
            if any(isinstance(message, Exception) for message in read):
                # What struct cannot read, or what is cut within, dpkt takes in part.
                counts["handshakes that one does not read" if not all(isinstance(m, Exception) for m in read) else "neither reads it"] += 1
                continue
            same = hello_facts(read[0].data) == hello_facts(read[1].data) and isinstance(read[1].data, Packet)
            counts["handshakes" if same else "other handshakes"] += 1
            if not same:
                wrong.append((one.data[:64].hex(), hello_facts(read[0].data), hello_facts(read[1].data)))
    assert not wrong, (len(wrong), wrong[:2], counts)
    assert counts["records"] > 1500, counts
    assert counts["handshakes"] > 300, counts
    assert counts["handshakes that one does not read"] < 30, counts


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Dpkt warns of names that it will drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
