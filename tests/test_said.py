"""HTTP, TLS, DNS over TCP and QUIC as columns and filter fields: on the packet that completes a message, the same by any way to ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unwire

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
