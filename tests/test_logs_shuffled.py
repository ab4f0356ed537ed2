"""What connections say does not depend on how it was cut into packets, nor on their order: captures of real programs with their TCP segments cut
again, doubled and shuffled within a window have the same logs, but for what tells of packets and times; so have those of datagrams.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import injected
import unwire

#: Columns that tell of times, of packets, of names made of both, and of the order of the two directions.
LEFT_OUT = {"ts", "rtt", "duration", "frames", "uid", "fuid", "orig_fuids", "resp_fuids", "ssl_history", "history"}
#: Columns of conn that payload alone decides; packet counts, ip_bytes, history, missed_bytes (of what is
#: acknowledged before it is seen), times and provenance are left out.
OF_CONN = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "orig_bytes", "resp_bytes", "conn_state")


def rows(source: Any, log: str) -> Counter[str]:
    if log == "conn":
        return Counter(repr([row[name] for name in OF_CONN]) for row in unwire.open(source).conn() if row["proto"] == "tcp")
    return Counter(repr({name: value for name, value in row.items() if name not in LEFT_OUT}) for row in getattr(unwire.open(source), log)())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["office.pcapng", "web.pcap", "names.pcap", "tls.pcap", "starttls.pcap"])
def test_logs_do_not_depend_on_segments(name: str, seed: int, office: Path, captures: Path) -> None:
    source = office if name == office.name else captures / name
    # That a connection goes over to TLS, conn tells by one packet: eleven octets of a hello.
    capture = injected.segments(source, seed, shortest=11 if name == "starttls.pcap" else 1)
    assert len(list(unwire.open(capture).records())) > len(list(unwire.open(source).records()))
    for log in ("dns", "http", "ssl", "x509", "files", "conn"):
        before, after = rows(source, log), rows(capture, log)
        assert before == after, (log, before - after, after - before)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("longest", [1, 3, 20])
def test_a_hello_in_the_middle_may_come_in_crumbs(longest: int, seed: int, captures: Path) -> None:
    capture = injected.segments(captures / "starttls.pcap", seed, longest=longest)
    before, after = rows(captures / "starttls.pcap", "ssl"), rows(capture, "ssl")
    assert before == after, (before - after, after - before)


@pytest.mark.parametrize("seed", range(20))
def test_logs_do_not_depend_on_datagrams(seed: int, captures: Path) -> None:
    source = captures / "datagrams.pcap"
    capture = injected.datagrams(source, seed)
    for log in ("quic", "ssl", "x509"):
        before, after = rows(source, log), rows(capture, log)
        assert before == after, (log, before - after, after - before)
