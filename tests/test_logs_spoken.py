"""Logs of what real programs said to one another, line by line and field by field (tests/captures/make_spoken.sh made the captures).

What is expected was not taken from what unwire says: names, methods and bodies are those that the script asked for, numbers of hellos and suites are
tshark's of the same captures.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import injected
import unwire
from test_conn import ACK, FIN, PSH, SYN, c, pcap, s, tcp
from test_logs_shuffled import LEFT_OUT
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.tcp import TCP

#: What nginx serves.
PAGE = b"".join(b"Line %d: %d parts, %d hours.\n" % (number, number * 7919 % 10007, number * 104729 % 10009) for number in range(1, 151))
INDEX = b"Welcome.\n"


def rows(path: Path, log: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of a log in the order of the packets."""
    found = sorted(getattr(unwire.open(path), log)(), key=lambda row: row["ts"])
    return [tuple(row[column] for column in columns) for row in found]


#: What goes over to TLS, on whatever port: services, port, the name of the server, the group of the key, history.
GOES_OVER = [
    ("smtp,ssl", 2525, "mail.example.com", "x25519", "CsidID"),
    ("smtp,ssl", 2525, None, "x25519", "CsidID"),
    ("imap,ssl", 143, None, "x25519", "CsidID"),
    ("pop3,ssl", 110, None, "x25519", "CsidID"),
    ("ftp,ssl", 21, None, "x25519", "CsidID"),
    ("ssl", None, None, "x25519", "CsidID"),
    ("postgresql,ssl", 5433, None, "secp256r1", "CjiICsdD"),
]


def test_tls_in_the_middle_of_connections(captures: Path) -> None:
    path = captures / "starttls.pcap"
    services = {row["uid"]: (row["service"], row["id.resp_p"]) for row in unwire.open(path).conn()}
    found = rows(path, "ssl", "uid", "version", "cipher", "established", "server_name", "curve", "ssl_history")
    assert {row[1:4] for row in found} == {("TLSv13", "TLS_AES_256_GCM_SHA384", True)}
    # The connection of FTP's data is on a port of the server's choice.
    told = [(*services[uid], *rest) for uid, _, _, _, *rest in found]
    assert [(service, port if service != "ssl" else None, *rest) for service, port, *rest in told] == GOES_OVER


#: Public captures of the same: the services, and the frame of the hello.
PUBLIC = [
    ("nDPI__ftp-start-tls.pcap", "ftp,ssl", 12), ("nDPI__pop3_stls.pcap", "pop3,ssl", 13), ("zeek__irc-starttls.pcap", "irc,ssl", 8),
    ("zeek__ldap-starttls.pcap", "ldap,ssl", 8), ("zeek__xmpp-starttls.pcap", "ssl,xmpp", 13), ("zeek__tls-13-amazon-rds.pcap", "mysql,ssl", 7),
    ("zeek__rdp-no-cookie-mstshash.pcap", "rdp,ssl", 11),
]  # fmt: skip


@pytest.mark.parametrize(("name", "service", "frame"), PUBLIC)
def test_tls_in_the_middle_of_public_captures(name: str, service: str, frame: int, kit: Path) -> None:
    path = kit / "captures" / name
    (row,) = unwire.open(path).ssl()
    assert (row["frames"][0], row["ssl_history"][0], row["cipher"] is not None) == (frame, "C", True)
    assert {one["service"] for one in unwire.open(path).conn() if one["uid"] == row["uid"]} == {service}


def test_a_hello_behind_a_line_of_the_same_packet(kit: Path) -> None:
    ((frames, name),) = rows(kit / "captures" / "nDPI__haproxy.pcap", "ssl", "frames", "server_name")
    assert (frames, name) == ([1], "aaaaaaaaaaaaaaaa.xx")


#: What curl asked nginx for: method, path, version, status, bytes asked with and answered, the place in its connection, 1xx, types, file
WEB = [
    ("GET", "/zipped/page.txt", "1.1", 200, 0, 4959, 1, None, ["text/plain"], PAGE),
    ("GET", "/", "1.1", 200, 0, 9, 1, None, ["text/plain"], INDEX),
    ("GET", "/page.txt", "1.1", 200, 0, 4959, 2, None, ["text/plain"], PAGE),
    ("GET", "/missing", "1.1", 404, 0, 146, 3, None, ["text/html"], None),
    ("GET", "/page.txt", "1.0", 200, 0, 4959, 1, None, ["text/plain"], PAGE),
    ("GET", "/page.txt", "1.1", 200, 0, 4959, 1, None, ["text/plain"], PAGE),
    ("HEAD", "/page.txt", "1.1", 200, 0, 0, 1, None, None, None),
    ("PUT", "/put/copy.txt", "1.1", 201, 4959, 0, 1, 100, ["text/plain"], PAGE),
    ("GET", "/page.txt", "1.1", 206, 0, 100, 1, None, ["text/plain"], PAGE[100:200]),
    ("GET", "/page.txt", "1.1", 200, 0, 4959, 1, None, ["text/plain"], PAGE),
    ("GET", "/missing", "1.1", 404, 0, 146, 2, None, ["text/html"], None),
    ("GET", "/index.html", "1.1", 200, 0, 9, 3, None, ["text/plain"], INDEX),
]
OF_WEB = ("method", "uri", "version", "status_code", "request_body_len", "response_body_len", "trans_depth", "info_code")


def test_what_curl_and_nginx_said(captures: Path) -> None:
    path = captures / "web.pcap"
    hashes = {row["fuid"]: row["sha256"] for row in unwire.open(path).files()}
    # Three requests in one packet.
    asked = Counter((row["id.orig_p"], row["frames"][0]) for row in unwire.open(path).http())
    pipelined = [port for (port, _), count in asked.items() if count == 3]
    assert len(pipelined) == 1
    for row, (*cells, types, body) in zip(sorted(unwire.open(path).http(), key=lambda row: (row["ts"], row["trans_depth"])), WEB, strict=True):
        assert tuple(row[name] for name in OF_WEB) == tuple(cells), cells
        assert (row["orig_mime_types"] or row["resp_mime_types"]) == types
        assert row["host"] == ("[2001:db8::1]" if ":" in row["id.resp_h"] else "www.example.com")
        assert row["status_msg"] == {200: "OK", 201: "Created", 206: "Partial Content", 404: "Not Found"}[row["status_code"]]
        assert row["info_msg"] == ("Continue" if row["info_code"] else None)
        assert row["user_agent"] == (None if row["id.orig_p"] in pipelined else "tester")
        assert row["tags"] is None and row["username"] is None and row["proxied"] is None and row["origin"] is None and row["referrer"] is None
        for fuid in (row["orig_fuids"] or []) + (row["resp_fuids"] or []):
            assert body is None or hashes[fuid] == hashlib.sha256(body).hexdigest()


#: What dig asked dnsmasq: transport, name, type, answers, and what flags say of an answer (AA, TC, RD, RA).
MANY = [f"TXT 240 {number * 240}" for number in "987654321"]
NAMES = [
    ("udp", "www.example.com", "A", "NOERROR", ["192.0.2.1"], "AA RD RA"),
    ("tcp", "www.example.com", "A", "NOERROR", ["192.0.2.1"], "AA RD RA"),
    ("tcp", "shop.example.com", "A", "NOERROR", ["www.example.com", "192.0.2.1"], "AA RD RA"),
    ("tcp", "www.example.com", "AAAA", "NOERROR", ["2001:db8::1"], "AA RD RA"),
    ("tcp", "example.com", "MX", "NOERROR", ["mail.example.com"], "AA RD RA"),
    ("tcp", "nobody.example.com", "A", "NXDOMAIN", None, "RD RA"),
    ("tcp", "many.example.com", "TXT", "NOERROR", MANY, "AA RD RA"),
    ("udp", "many.example.com", "TXT", "NOERROR", MANY[:1], "AA TC RD RA"),
    ("tcp", "many.example.com", "TXT", "NOERROR", MANY, "AA RD RA"),
    ("tcp", "www.example.com", "AAAA", "NOERROR", ["2001:db8::1"], "AA RD RA"),
]


def test_what_dig_and_dnsmasq_said(captures: Path) -> None:
    found = rows(
        captures / "names.pcap",
        "dns",
        "proto",
        "query",
        "qtype_name",
        "rcode_name",
        "answers",
        "AA",
        "TC",
        "RD",
        "RA",
        "rejected",
        "qclass_name",
        "rtt",
    )
    assert len(found) == len(NAMES)
    for (proto, query, kind, code, answers, aa, tc, rd, ra, rejected, klass, rtt), expected in zip(found, NAMES, strict=True):
        flags = " ".join(name for name, value in (("AA", aa), ("TC", tc), ("RD", rd), ("RA", ra)) if value)
        assert (proto, query, kind, code, answers, flags) == expected
        # Zeek says that a question was rejected where the answer has no records at all, an OPT included.
        assert (rejected, klass) == (False, "C_INTERNET")
        assert 0 < rtt < 0.01


#: Sessions of TLS: version, suite, group, resumed, established, protocol, alert, whether there are certificates of both sides, history.
LONG, SHORT = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"
SESSIONS = [
    ("TLSv12", LONG, "x25519", False, True, None, None, (1, 0), "CsxknGItiDdlL"),
    ("TLSv12", LONG, None, True, True, None, None, (0, 0), "CsiIDdlL"),
    ("TLSv13", SHORT, "x25519", False, True, None, None, (0, 0), "CsidID"),
    ("TLSv13", SHORT, "x25519", True, True, None, None, (0, 0), "CsidID"),
    ("TLSv13", SHORT, "secp521r1", False, True, None, None, (0, 0), "CsidID"),
    ("TLSv12", LONG, "x25519", False, True, None, None, (1, 0), "CsxknGItiDdlL"),
    ("TLSv12", LONG, "x25519", False, True, None, None, (1, 1), "CsxkrnXGYItiDdlL"),
    ("TLSv13", SHORT, "x25519", False, True, None, None, (0, 0), "CsidID"),
    ("TLSv13", SHORT, "X25519MLKEM768", False, True, None, None, (0, 0), "CsidID"),
    ("TLSv13", SHORT, "x25519", False, False, None, "unknown_ca", (0, 0), "CsidL"),
]
OF_SESSIONS = ("version", "cipher", "curve", "resumed", "established", "next_protocol", "last_alert")


def test_sessions_of_tls(captures: Path) -> None:
    path = captures / "tls.pcap"
    found = sorted(unwire.open(path).ssl(), key=lambda row: row["ts"])
    chains = [tuple(len(row[name] or ()) for name in ("cert_chain_fps", "client_cert_chain_fps")) for row in found]
    told = [(*(row[name] for name in OF_SESSIONS), chain, row["ssl_history"]) for row, chain in zip(found, chains, strict=True)]
    assert told == SESSIONS
    assert {row["server_name"] for row in found} == {"www.example.com"}
    for row in found:
        certified = row["cert_chain_fps"] is not None
        assert (row["subject"], row["issuer"]) == (("CN=www.example.com,O=Example",) * 2 if certified else (None, None))
        assert row["sni_matches_cert"] is (True if certified else None)
    subjects = Counter((row["certificate.subject"], row["client_cert"]) for row in unwire.open(path).x509())
    assert subjects == {("CN=www.example.com,O=Example", False): 3, ("CN=somebody,O=Example", True): 1}
    # A hello with a post-quantum key is longer than a segment.
    hybrid = next(row for row in found if row["curve"] == "X25519MLKEM768")
    segments = {row["frame.number"]: row["tcp.len"] for row in unwire.open(path).packets("frame.number", "tcp.len")}
    assert segments[hybrid["frames"][0]] < 1448 == max(segments.values())


def test_names_of_certificates_are_text(kit: Path) -> None:
    # Those of this capture are strings of the telegraph's letters (T61String), as `openssl x509 -nameopt RFC2253` tells them.
    subjects = {row["certificate.subject"] for row in unwire.open(kit / "captures" / "zeek__tls1.2.pcap").x509()}
    assert subjects == {
        "CN=*.taleo.net,OU=Comodo PremiumSSL Wildcard,OU=Web,O=Taleo Inc.,street=4140 Dublin Boulevard,street=Suite 400,L=Dublin,ST=CA,"
        "postalCode=94568,C=US",
        "CN=COMODO High-Assurance Secure Server CA,O=COMODO CA Limited,L=Salford,ST=Greater Manchester,C=GB",
        "CN=AddTrust External CA Root,OU=AddTrust External TTP Network,O=AddTrust AB,C=SE",
    }


def test_sessions_in_datagrams(captures: Path) -> None:
    path = captures / "datagrams.pcap"
    assert rows(path, "quic", "version", "id.resp_p", "server_name", "client_protocol", "history") == [
        ("1", 4433, "quic.example.com", "example", "ISishIH"),
        ("quicv2", 4433, "quic.example.com", "example", "ISishIH"),
        ("1", 4434, "quic.example.com", "example", "ISr"),
        ("1", 4434, "quic.example.com", "example", "ISishIH"),
    ]
    assert rows(path, "ssl", "version", "cipher", "curve", "server_name", "established", "ssl_history") == [
        *[("TLSv13", SHORT, "secp256r1", "quic.example.com", False, history) for history in ("Cs", "Cs", "CCs")],
        ("DTLSv12", LONG, "x25519", "www.example.com", True, "CvCsxknGItiDLl"),
    ]


def told(source: Any, log: str) -> list[dict[str, Any]]:
    """Return the rows of a log without what tells of times, packets and the order of the two sides."""
    found = [{name: value for name, value in row.items() if name not in LEFT_OUT} for row in getattr(unwire.open(source), log)()]
    return sorted(found, key=repr)


def carrying(path: Path) -> Iterator[tuple[int, TCP, bytes]]:
    """Yield the numbers of segments that carry something, they, and what."""
    for number, record in enumerate(unwire.open(path).records(), 1):
        frame = Ethernet(record.data)
        if TCP in frame and len((segment := frame[TCP]).data):
            yield number, segment, bytes(segment.data)


def lost(path: Path, frame: int) -> bytes:
    return injected.without(path, lambda number, _: number == frame)


def test_a_lost_part_of_a_body_is_missing_and_nothing_else(captures: Path) -> None:
    path = captures / "web.pcap"
    before = told(path, "http")
    body = b" hours.\n"
    cases = [(number, len(data)) for number, _, data in carrying(path) if data.startswith(b"Line ") or (body in data and b"HTTP/" not in data)]
    assert len(cases) > 12
    for frame, size in cases:
        capture = lost(path, frame)
        assert told(capture, "http") == before, frame
        (torn,) = (row for row in unwire.open(capture).files() if row["missing_bytes"])
        assert (torn["missing_bytes"], torn["seen_bytes"], torn["sha256"], torn["timedout"]) == (size, 4959 - size, None, False)


def test_a_lost_request_or_answer_leaves_the_other(captures: Path) -> None:
    path = captures / "web.pcap"
    before = {(row["id.orig_p"], row["trans_depth"]): row for row in told(path, "http")}
    alone = {port for port, depth in before if (port, 2) not in before}
    seen = 0
    for frame, segment, data in carrying(path):
        port = segment.sport if segment.dport == 80 else segment.dport
        if port not in alone or data.startswith(b"HTTP/1.1 100") or not (b" HTTP/1." in data[:40] or data.startswith(b"HTTP/1.")):
            continue
        seen += 1
        (row,) = (row for row in told(lost(path, frame), "http") if row["id.orig_p"] == port)
        of_request, of_answer = ("method", "uri", "host", "user_agent"), ("status_code", "status_msg")
        missing, there = (of_request, of_answer) if segment.dport == 80 else (of_answer, of_request)
        assert {row[name] for name in missing} == {None}
        assert all(row[name] == before[port, 1][name] for name in there)
    assert seen == 2 * len(alone)


def test_a_lost_part_of_an_answer_leaves_the_question(captures: Path) -> None:
    path = captures / "names.pcap"
    parts = [number for number, segment, data in carrying(path) if segment.sport == 53 and len(data) > 1000]
    assert len(parts) == 4
    for frame in parts:
        after = told(lost(path, frame), "dns")
        (row,) = (row for row in after if row not in told(path, "dns"))
        assert (row["query"], row["qtype_name"], row["rcode"], row["answers"]) == ("many.example.com", "TXT", None, None)


def test_a_lost_half_of_a_hello_leaves_what_the_server_says(captures: Path) -> None:
    path = captures / "tls.pcap"
    before = {row["id.orig_p"]: row for row in told(path, "ssl")}
    halves = [(number, segment) for number, segment, data in carrying(path) if segment.dport in (443, 4443) and len(data) in (1448, 106)]
    assert len(halves) == 4
    for frame, segment in halves:
        row = next(row for row in told(lost(path, frame), "ssl") if row["id.orig_p"] == segment.sport)
        assert {row[name] for name in ("server_name", "ja3", "ja4")} == {None}
        assert all(row[name] == before[segment.sport][name] for name in ("version", "cipher", "curve", "ja3s"))


def test_a_lost_word_before_tls_changes_nothing(captures: Path) -> None:
    path = captures / "starttls.pcap"
    before = told(path, "ssl")
    words = [number for number, _, data in carrying(path) if (data.isascii() and data[:1].isalnum()) or data in (b"S", b"\0\0\0\x08\x04\xd2\x16/")]
    assert len(words) >= 30
    for frame in words:
        assert told(lost(path, frame), "ssl") == before, frame


def kept_alive(lost: set[int], count: int = 5) -> list[tuple[object, object, object]]:
    """Return method, target and code of the rows of one connection of so many requests and answers, of which some segments are lost."""
    requests = [b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % at for at in range(count)]
    answers = [b"HTTP/1.1 %d OK\r\nContent-Length: 2\r\n\r\nhi" % (200 + at) for at in range(count)]
    packets, asked, answered = [c(SYN, 0), s(SYN | ACK, 0, 1), c(ACK, 1, 1)], 1, 1
    for at in range(count):
        turn = [c(ACK | PSH, asked, answered, requests[at]), s(ACK | PSH, answered, asked + len(requests[at]), answers[at])]
        packets += [data for which, data in enumerate(turn) if 2 * at + which not in lost]
        asked, answered = asked + len(requests[at]), answered + len(answers[at])
    packets += [c(FIN | ACK, asked, answered), s(FIN | ACK, answered, asked + 1), c(ACK, asked + 1, answered + 1)]
    rows = unwire.open(pcap([(float(at), data) for at, data in enumerate(packets, 1)])).http()
    return sorted(((row["method"], row["uri"], row["status_code"]) for row in rows), key=lambda row: row[2] or 200 + int(row[1][1:]))


def test_a_lost_request_or_answer_of_a_kept_alive_connection_shifts_no_other() -> None:
    whole = [("GET", f"/{at}", 200 + at) for at in range(5)]
    assert kept_alive(set()) == whole
    for gone in range(10):
        at, which = divmod(gone, 2)
        torn = ("GET", f"/{at}", None) if which else (None, None, 200 + at)
        assert kept_alive({gone}) == [*whole[:at], torn, *whole[at + 1 :]], gone
    # Two that are lost one after the other, as one hole each.
    assert kept_alive({2, 4}) == [whole[0], (None, None, 201), (None, None, 202), *whole[3:]]
    assert kept_alive({3, 5}) == [whole[0], ("GET", "/1", None), ("GET", "/2", None), *whole[3:]]
    assert kept_alive({2, 3}) == [whole[0], *whole[2:]]


def asked_over_tcp(lost: set[int], cut: int = 9) -> dict[str, bool]:
    """Return the names that one connection asks for, and whether they are answered, of which some segments are lost; each message has two."""
    client, server = (b"\x0a\0\0\1", 40_000), (b"\x0a\0\0\2", 53)
    packets = [tcp(client, server, SYN, 0), tcp(server, client, SYN | ACK, 0, 1), tcp(client, server, ACK, 1, 1)]
    at = [1, 1]
    for number in range(4):
        question = b"\5name%d\0\0\1\0\1" % number
        query = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + question
        answer = struct.pack("!6H", number, 0x8180, 1, 1, 0, 0) + question + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x0a\0\0\3"
        for side, message in enumerate((query, answer)):
            sized = len(message).to_bytes(2) + message
            ends = (client, server) if side == 0 else (server, client)
            for piece in (sized[:cut], sized[cut:]):
                packets.append(tcp(*ends, ACK | PSH, at[side], at[1 - side], piece))
                at[side] += len(piece)
    packets += [tcp(client, server, FIN | ACK, *at), tcp(server, client, FIN | ACK, at[1], at[0] + 1), tcp(client, server, ACK, at[0] + 1, at[1] + 1)]
    there = [data for number, data in enumerate(packets) if number - 3 not in lost]
    rows = unwire.open(pcap([(float(at), data) for at, data in enumerate(there, 1)])).dns()
    return {row["query"]: row["answers"] == ["10.0.0.3"] for row in rows}


def test_dns_over_tcp_goes_on_behind_a_loss() -> None:
    whole = {f"name{at}": True for at in range(4)}
    assert asked_over_tcp(set()) == whole
    for cut in (9, 20):
        # Where the size is lost, it goes on with a packet that begins with a message, and has its header.
        for gone in range(4, 16) if cut > 14 else range(5, 16, 2):
            found = asked_over_tcp({gone}, cut)
            # A lost question stands in its answer, too; a lost answer leaves the question.
            assert found == whole | ({f"name{gone // 4}": False} if gone % 4 > 1 else {}), (cut, gone)
    assert asked_over_tcp({6, 7}, 20) == whole | {"name1": False}
