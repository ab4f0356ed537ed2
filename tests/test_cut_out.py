"""Connections and streams cut out of captures: all their packets, every fragment of their datagrams, and nothing that only quotes them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

import unwire
from cli.commands import run
from test_conn import ACK, CLIENT, HANDSHAKE, PSH, SERVER, c, ip, pcap, s, udp


def frames(trace: Any) -> list[int]:
    return [row["frame.number"] for row in trace.packets("frame.number")]


def pieces(datagram: bytes, number: int, size: int = 8) -> list[bytes]:
    """Cut what `ip` made into fragments of so many bytes."""
    head, payload = datagram[:34], datagram[34:]
    made = []
    for at in range(0, len(payload), size):
        part = bytearray(head + payload[at : at + size])
        part[16:18] = struct.pack("!H", len(part) - 14)
        part[18:22] = struct.pack("!HH", number, at // 8 | (at + size < len(payload)) << 13)
        made.append(bytes(part))
    return made


def quoted(packet: bytes, source: bytes) -> bytes:
    """Make an error of ICMP about a packet: what its host is told about a port."""
    return ip(source, packet[26:30], 1, struct.pack("!BBHI", 3, 3, 0, 0) + packet[14:])


@pytest.mark.parametrize(("version", "expected"), [(4, range(1, 17)), (6, range(17, 33))])
def test_every_fragment_of_a_connection(captures: Path, version: int, expected: range) -> None:
    trace = unwire.open(captures / "fragments.pcap")
    (row,) = (row for row in trace.conn() if (":" in row["id.orig_h"]) == (version == 6))
    assert frames(trace.connection(uid=row["uid"])) == list(expected)
    assert frames(trace.connection(community_id=row["community_id"])) == list(expected)


def test_fragments_that_part_the_header(kit: Path, tmp_path: Path) -> None:
    path = kit / "captures" / "PcapPlusPlus__frag_http_req.pcap"
    (row,) = unwire.open(path).conn()
    for number, option in enumerate((["--uid", row["uid"]], ["--community-id", row["community_id"]], ["--stream", "0"])):
        cut = tmp_path / f"{number}.pcap"
        assert run("slice", path, *option, "-w", cut).code == 0
        assert unwire.open(cut).names and len(unwire.open(cut)) == 11
        assert [(one["uid"], one["history"]) for one in unwire.open(cut).conn()] == [(row["uid"], row["history"])]


def test_fragments_are_those_of_the_datagram_alone() -> None:
    port, other = (CLIENT[0], 4000), (CLIENT[0], 4001)
    mine, others = (pieces(udp(sender, (SERVER[0], 53), bytes(20)), 7) for sender in (port, other))
    once, whole = pieces(udp(port, (SERVER[0], 53), bytes(20)), 9), udp(port, (SERVER[0], 53), b"whole")
    # The number of a datagram comes again, one is out of order, and of one a fragment is missing.
    packets = [*mine, *others, mine[2], mine[0], mine[3], mine[1], *once[1:], whole]
    trace = unwire.open(pcap(list(enumerate(packets))))
    uids = {row["id.orig_p"]: row["uid"] for row in trace.conn()}
    assert frames(trace.connection(uid=uids[4000])) == [1, 2, 3, 4, 9, 10, 11, 12, 16]
    assert frames(trace.connection(uid=uids[4001])) == [5, 6, 7, 8]


def test_what_quotes_a_connection_is_not_of_it() -> None:
    said = c(ACK | PSH, 1, 1, b"hello")
    packets = [*HANDSHAKE, said, quoted(said, SERVER[0]), s(ACK, 1, 6), quoted(said, bytes([192, 0, 2, 99])), c(ACK, 6, 1)]
    trace = unwire.open(pcap(list(enumerate(packets))))
    (row,) = (row for row in trace.conn() if row["proto"] == "tcp")
    cut = trace.connection(uid=row["uid"])
    assert len(cut) == row["orig_pkts"] + row["resp_pkts"] == len(packets) - 2
    assert {row["frame.number"] for row in trace.packets("frame.number", where="icmp")}.isdisjoint(frames(cut))
    errors = [row for row in trace.conn() if row["proto"] == "icmp"]
    assert sorted(frame for row in errors for frame in frames(trace.connection(uid=row["uid"]))) == [5, 7]
