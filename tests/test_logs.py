"""What connections say, as logs and as messages: the example capture of real programs, line by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import unwire
from test_conn import ACK, CLIENT, HANDSHAKE, PSH, SERVER, c, pcap, udp
from unwire import dpkt


def test_dns_joins_questions_and_answers(office: Path) -> None:
    rows = list(unwire.open(office).dns())
    assert list(rows[0])[:9] == ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "trans_id", "rtt"]
    answered = [row for row in rows if row["rcode_name"] == "NOERROR" and row["answers"]]
    assert {"udp", "tcp"} == {row["proto"] for row in answered}
    assert {"A", "AAAA", "MX", "TXT", "CNAME", "SRV", "PTR"} <= {row["qtype_name"] for row in answered} | {"CNAME"}
    assert any(row["rcode_name"] == "NXDOMAIN" for row in rows)
    assert all(row["rtt"] >= 0 and len(row["frames"]) == 2 for row in answered)
    assert any(row["TC"] for row in rows)
    text = next(row for row in answered if row["qtype_name"] == "TXT")
    assert text["answers"][0].startswith("TXT ")


def test_types_without_a_text_are_told_as_they_stand() -> None:
    asked = bytes.fromhex("0001 0100 0001 0000 0000 0000") + b"\x01a\0" + bytes.fromhex("ff00 0001")
    record = b"\xc0\x0c" + bytes.fromhex("ff00 0001 0000 0001")
    answer = bytes.fromhex("0001 8180 0001 0002 0000 0000") + asked[12:] + record + b"\0\x04\x0a\0\0\x01" + record + b"\0\0"
    capture = pcap([(1.0, udp(CLIENT, (SERVER[0], 53), asked)), (2.0, udp((SERVER[0], 53), CLIENT, answer))])
    log = unwire.open(capture).dns()
    (row,) = log
    assert row["answers"] == ["\\# 4 0a000001", "\\# 0"]
    assert b"<unknown type=65280>,<unknown type=65280>" in b"".join(log.zeek())
    assert next(iter(log))["answers"] == row["answers"]


def test_http_joins_requests_and_responses(office: Path) -> None:
    rows = list(unwire.open(office).http())
    codes = Counter(row["status_code"] for row in rows)
    assert {200, 201, 206, 301, 404} <= set(codes)
    assert all(row["method"] and row["host"] and row["uri"] for row in rows)
    assert {"GET", "POST", "HEAD"} <= {row["method"] for row in rows}
    assert any(row["trans_depth"] > 1 for row in rows), "several requests on one connection"
    assert all(row["response_body_len"] == 0 for row in rows if row["method"] == "HEAD")


@pytest.mark.parametrize(
    ("value", "user"),
    [
        (b"Basic dGVzdDpwYQ==", "test"),
        (b"Basic  dGVzdDpwYQ==", "test"),
        (b"bASIC   dGVzdDpwYTpz ", "test"),
        (b"Basic\tdGVzdDpwYQ==", None),
        (b"BasicdGVzdDpwYQ==", None),
        (b"Bearer dGVzdDpwYQ==", None),
        (b"Basic", None),
    ],
)
def test_users_of_http(value: bytes, user: str | None) -> None:
    request = b"GET / HTTP/1.1\r\nAuthorization: " + value + b"\r\n\r\n"
    capture = pcap(list(enumerate([*HANDSHAKE, c(ACK | PSH, 1, 1, request)])))
    assert [row["username"] for row in unwire.open(capture).http()] == [user]


def test_users_of_a_public_capture(kit: Path) -> None:
    assert [row["username"] for row in unwire.open(kit / "captures" / "zeek__basic-auth-with-colon.pcap").http()] == ["test"]


def test_files_are_what_http_carried(office: Path) -> None:
    files = {row["fuid"]: row for row in unwire.open(office).files()}
    carried = [fuid for row in unwire.open(office).http() for fuid in (row["orig_fuids"] or []) + (row["resp_fuids"] or [])]
    assert carried
    assert set(carried) == set(files)
    assert all(len(row["sha256"]) == 64 and row["seen_bytes"] > 0 and row["missing_bytes"] == 0 for row in files.values())
    assert "text/html" in {row["mime_type"] for row in files.values()}


def test_ssl_says_how_sessions_began(office: Path) -> None:
    rows = list(unwire.open(office).ssl())
    assert {"TLSv12", "TLSv13"} <= {row["version"] for row in rows}
    assert {"h2", "http/1.1"} <= {row["next_protocol"] for row in rows}
    assert len({row["server_name"] for row in rows}) >= 3
    assert all(row["ssl_history"].startswith("C") and len(row["ja3"]) == 32 and row["ja4"].startswith("t1") for row in rows)
    with_chain = [row for row in rows if row["cert_chain_fps"]]
    certificates = {row["fingerprint"]: row for row in unwire.open(office).x509()}
    assert with_chain
    for row in with_chain:
        assert certificates[row["cert_chain_fps"][0]]["certificate.subject"] == row["subject"]


def test_messages_are_dpkt_s_objects(office: Path) -> None:
    said = list(unwire.open(office).messages("http"))
    requests = [message for message in said if message.from_client]
    assert all(isinstance(message.message, dpkt.http.Request) for message in requests)
    assert len(requests) == len(list(unwire.open(office).http()))
    zipped = [message.message for message in said if "content-encoding" in message.message.headers]
    assert zipped
    assert all(one.decoded != one.body and b"<" in one.decoded for one in zipped)
    time, conn, message, frames = next(iter(unwire.open(office).messages("dns")))
    assert isinstance(message, dpkt.dns.DNS)
    assert time > 1_600_000_000_000_000_000
    assert conn.resp_p == 53
    assert len(frames) == 1
    hellos = [one for one in unwire.open(office).messages("tls") if isinstance(one.message.data, dpkt.ssl.TLSClientHello)]
    assert len(hellos) == len(list(unwire.open(office).ssl()))


def test_there_are_three_kinds_of_messages(office: Path) -> None:
    with pytest.raises(ValueError, match="http, dns or tls"):
        list(unwire.open(office).messages("smtp"))


@pytest.mark.parametrize("log", ["dns", "http", "ssl", "x509", "files"])
def test_a_log_is_written_in_zeek_s_form(log: str, office: Path) -> None:
    table = getattr(unwire.open(office), log)()
    lines = b"".join(table.zeek()).decode().splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    types = next(line for line in lines if line.startswith("#types")).split("\t")[1:]
    assert fields == table.columns
    assert len(types) == len(fields)
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows
    assert all(len(row) == len(fields) for row in rows)
    assert "#path\t" + log in lines
