"""HTTP, TLS, DNS over TCP and QUIC as columns and filter fields: on the packet that completes a message, the same by any way to ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unwire
from test_conn import ACK, PSH, SYN, c, pcap, s

OFFICE = Path(__file__).resolve().parents[1] / "examples" / "office.pcapng"


def rows(*names: str, where: str | None = None, **options: Any) -> list[dict[str, Any]]:
    return list(unwire.open(OFFICE).packets(*names, where=where, **options))


def test_heads_of_messages_are_columns() -> None:
    requests = rows("frame.number", "http.request.method", "http.request.uri", "http.host", where="http.request")
    messages = [one for one in unwire.open(OFFICE).messages("http") if one.from_client]
    assert [row["http.request.uri"] for row in requests] == [one.message.uri for one in messages]
    assert [row["frame.number"] for row in requests] == [max(one.frames) for one in messages]
    assert {row["http.host"] for row in requests} == {one.message.headers["host"] for one in messages}


def test_handshakes_are_columns() -> None:
    hellos = rows("frame.number", "tls.handshake.extensions_server_name", "tls.handshake.ja3", "tls.handshake.ja4", where="tls.handshake.type == 1")
    logged = list(unwire.open(OFFICE).ssl())
    assert sorted(row["tls.handshake.ja3"] for row in hellos) == sorted(row["ja3"] for row in logged)
    assert sorted(row["tls.handshake.ja4"] for row in hellos) == sorted(row["ja4"] for row in logged)
    certificates = rows("x509af.serialNumber", "x509ce.dNSName", where="tls.handshake.type == 11")
    assert all(row["x509af.serialNumber"] for row in certificates)


def test_protocols_are_named_where_messages_are_asked_for() -> None:
    spoken = rows("frame.protocols", where="http or tls")
    assert spoken
    assert {row["frame.protocols"].split(":")[-1] for row in spoken} == {"http", "tls"}
    alone = rows("frame.protocols", where="tcp")
    # A segment that holds one message of DNS and nothing else says so itself.
    assert {row["frame.protocols"].split(":")[-1] for row in alone} == {"tcp", "dns"}
    together = {row["frame.number"]: row["frame.protocols"] for row in rows("frame.number", "frame.protocols", where="tcp", reassemble=True)}
    assert sum(name.endswith((":http", ":tls")) for name in together.values()) == len(spoken)


def test_a_filter_alone_finds_what_columns_show() -> None:
    shown = [row["frame.number"] for row in rows("frame.number", "http.response.code") if row["http.response.code"] == 200]
    assert [row["frame.number"] for row in rows("frame.number", where="http.response.code == 200")] == shown
    assert [row["frame.number"] for row in rows("frame.number", where='http contains "200 OK"')] == shown
    hellos = [row["frame.number"] for row in rows("frame.number", where="tls.handshake.type == 1")]
    assert [row["frame.number"] for row in rows("frame.number", where="tls[0] == 16 and tls.handshake.ja3")] == hellos


def test_one_packet_alone_cannot_be_asked() -> None:
    trace = unwire.open(OFFICE)
    with pytest.raises(unwire.FilterError, match="packets before"):
        unwire.compile("http.request").matches(next(iter(trace)))
    # A datagram's message is one packet's.
    assert sum(unwire.compile("dns").matches(frame) for frame in unwire.open(OFFICE)) > 0


def test_a_syn_that_is_answered_twice_opens_one_stream() -> None:
    """The second answer counts from elsewhere; what is said before and behind it is one talk, and a request that is sent again is one request."""
    request = b"GET /once HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = b"HTTP/1.1 204 No Content\r\n\r\n"
    packets = [
        c(SYN, 0), s(SYN | ACK, 0, 1), c(ACK | PSH, 1, 1, request), s(SYN | ACK, 90_000, 1), c(ACK | PSH, 1, 1, request),
        s(ACK | PSH, 1, 1 + len(request), answer), c(ACK, 1 + len(request), 1 + len(answer)),
    ]  # fmt: skip
    found = unwire.open(pcap([(float(at), data) for at, data in enumerate(packets, 1)])).packets("http.request.uri", "http.response.code")
    assert [tuple(row.values()) for row in found] == [(None,) * 2] * 2 + [("/once", None)] + [(None,) * 2] * 2 + [(None, 204), (None,) * 2]


def test_types_of_handshake_messages_that_nobody_gave_out_are_not_shown() -> None:
    hello = b"\x02\0\0\x26\x03\x03" + bytes(32) + b"\0\x13\x01\0"
    records = b"".join(b"\x16\x03\x01" + len(body).to_bytes(2) + body for body in (hello, b"\x09\0\0\x04abcd"))
    packets = [c(SYN, 0), s(SYN | ACK, 0, 1), c(ACK, 1, 1), s(ACK | PSH, 1, 1, records), c(ACK, 1, 1 + len(records))]
    table = unwire.open(pcap([(float(at), data) for at, data in enumerate(packets, 1)])).packets("tls.handshake.type", occurrence="all")
    assert [row["tls.handshake.type"] for row in table if row["tls.handshake.type"]] == [[2]]
