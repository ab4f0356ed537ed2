"""One mechanism knows connections: every log has the uids, ends and directions of conn, its rows are the same for any number of workers, and the
services of conn are told by what streams begin with, however they are cut.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest

import unwire
from test_conn import ACK, CLIENT, PSH, SYN, pcap, tcp, udp

LOGS = ("dns", "http", "ssl", "x509", "files")
ENDS = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
#: Captures of the kit where connections begin in the middle, in pieces, inside tunnels, in both directions, or again and again.
KIT = (
    "zeek__dns-two-responses.pcap", "zeek__http-pipelined-requests.pcap", "zeek__geneve-47101.pcap", "zeek__vxlan-encapsulated-http.pcap",
    "zeek__ssl.v3.pcap", "zeek__smtp.pcap", "zeek__tls1.2.pcap", "zeek__xmpp-dialback-starttls.pcap", "zeek__tcp-fast-open.pcap",
)  # fmt: skip


def agree(capture: Path) -> int:
    """Compare every row of every log with its connection's, and return how many there are."""
    connections = {row["uid"]: row for row in unwire.open(capture).conn()}
    rows = 0
    for log in LOGS:
        for row in getattr(unwire.open(capture), log)():
            if "uid" not in row:
                continue
            rows += 1
            for name in ENDS:
                assert row.get(name, connections[row["uid"]][name]) == connections[row["uid"]][name], (capture.name, log, row["uid"])
    return rows


def test_every_row_has_its_connection(office: Path) -> None:
    assert agree(office) > 40
    services = {row["uid"]: row["service"] for row in unwire.open(office).conn()}
    for log in ("dns", "http", "ssl"):
        assert {services[row["uid"]] for row in getattr(unwire.open(office), log)()} == {log}


def test_every_row_of_public_captures_has_its_connection(kit: Path) -> None:
    captures = [path for name in KIT for path in (kit / "captures").rglob(name)]
    assert len(captures) > len(KIT) / 2
    assert sum(map(agree, captures)) > 20


@pytest.mark.parametrize("log", ["conn", *LOGS])
def test_the_number_of_workers_does_not_show(log: str, office: Path) -> None:
    # Two hundred captures in a row are several batches of work.
    def digest(workers: int) -> str:
        table = getattr(unwire.open([office] * 20), log)(workers=workers)
        return hashlib.sha256(b"".join(table.ipc())).hexdigest()

    assert len({digest(workers) for workers in (1, 2, 3, 8)}) == 1


def _question(number: int) -> bytes:
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + b"\x03one\x07example\0\0\1\0\1"


def test_a_fragmented_datagram_is_heard() -> None:
    question = _question(7) + bytes(40)
    whole = udp(CLIENT, (b"\x0a\0\0\2", 53), question)
    head, body = bytearray(whole[:34]), whole[34:]

    def piece(at: int, to: int, more: bool) -> bytes:
        made = bytearray(head)
        made[16:18] = struct.pack("!H", 20 + to - at)
        made[20:22] = struct.pack("!H", at // 8 | more << 13)
        return bytes(made) + body[at:to]

    (row,) = unwire.open(pcap([(1, piece(24, len(body), more=False)), (2, piece(0, 24, more=True))])).dns()
    assert (row["query"], row["frames"]) == ("one.example", [2])
    (connection,) = unwire.open(pcap([(1, piece(24, len(body), more=False)), (2, piece(0, 24, more=True))])).conn()
    assert (connection["uid"], connection["service"]) == (row["uid"], "dns")


def test_logs_and_conn_split_connections_alike() -> None:
    # A minute of silence ends datagrams' flows, ten seconds that of questions; a new opening ends an old connection.
    server = (b"\x0a\0\0\2", 53)
    asked = pcap([(at, udp(CLIENT, server, _question(at))) for at in (0, 5, 30, 31, 120)])
    names = {row["uid"] for row in unwire.open(asked).dns()}
    assert names == {row["uid"] for row in unwire.open(asked).conn()}
    assert len(names) == 3

    peer = (b"\x0a\0\0\2", 80)
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    packets = []
    for at, first in enumerate((1000, 9000)):
        packets += [(at, tcp(CLIENT, peer, SYN, first)), (at + 0.1, tcp(peer, CLIENT, SYN | ACK, 50, first + 1))]
        packets += [(at + 0.2, tcp(CLIENT, peer, ACK | PSH, first + 1, 51, request))]
    again = pcap(packets)
    assert len({row["uid"] for row in unwire.open(again).http()}) == 2
    assert {row["uid"] for row in unwire.open(again).http()} == {row["uid"] for row in unwire.open(again).conn()}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (0, 0, 1, 1, 2, 3)])
def test_services_are_told_by_streams_not_by_packets(order: tuple[int, ...]) -> None:
    peer = (b"\x0a\0\0\2", 8080)
    request = b"GET /index HTTP/1.1\r\nHost: a\r\n\r\n"
    cuts = [(0, 1), (1, 3), (3, 10), (10, len(request))]
    opening = [tcp(CLIENT, peer, SYN, 999), tcp(peer, CLIENT, SYN | ACK, 50, 1000), tcp(CLIENT, peer, ACK, 1000, 51)]
    pieces = [tcp(CLIENT, peer, ACK | PSH, 1000 + a, 51, request[a:b]) for a, b in cuts]
    packets = [*opening, *[pieces[at] for at in order]]
    (row,) = unwire.open(pcap([(at, packet) for at, packet in enumerate(packets)])).conn()
    assert row["service"] == "http"
