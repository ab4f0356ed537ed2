"""What streams and logs mean, statement by statement: each test is one of the design's rules about streams, connections and logs, on packets made
for it. What whole captures say is compared elsewhere.
"""

from __future__ import annotations

import gzip
import itertools
import struct
from typing import Any

import pytest

import unwire
from test_conn import ACK, CLIENT, FIN, HANDSHAKE, PSH, RST, SERVER, SYN, TALK, c, ip, pcap, rows, s, tcp, udp
from unwire import dpkt

A, B = b"\x0a\0\0\1", b"\x0a\0\0\2"


def capture(packets: list[bytes], step: float = 0.1) -> bytes:
    return pcap([(1_700_000_000 + step * at, frame) for at, frame in enumerate(packets)])


def log(name: str, packets: list[bytes], step: float = 0.1) -> list[dict[str, Any]]:
    return list(getattr(unwire.open(capture(packets, step)), name)())


def spoken(*said: tuple[int, bytes], server: tuple[bytes, int] = SERVER) -> list[bytes]:
    """Return a connection in which the client (0) and the server (1) say things in turn."""
    at = [1, 1]
    out = [tcp(CLIENT, server, SYN, 1000), tcp(server, CLIENT, SYN | ACK, 5000, 1001), tcp(CLIENT, server, ACK, 1001, 5001)]
    for side, data in said:
        ends = (CLIENT, server) if side == 0 else (server, CLIENT)
        base = (1000, 5000) if side == 0 else (5000, 1000)
        out.append(tcp(*ends, ACK | PSH, base[0] + at[side], base[1] + at[1 - side], data))
        at[side] += len(data)
    return out


# Streams: two identities.


def test_15_streams_are_wireshark_s() -> None:
    def numbers(packets: list[bytes], name: str = "tcp", step: float = 0.1) -> list[int]:
        return [row[f"{name}.stream"] for row in unwire.open(capture(packets, step)).packets(f"{name}.stream")]

    other = (B, 81)
    # From 0 in the order of first appearance; both directions are one.
    assert numbers([c(SYN, 0), tcp(CLIENT, other, SYN, 1), s(SYN | ACK, 0, 1), tcp(other, CLIENT, SYN | ACK, 1, 2)]) == [0, 1, 0, 1]
    # A SYN with another number opens a new one, which later segments join; one with the same does not.
    assert numbers([c(SYN, 0), c(SYN, 0), c(SYN, 500), s(SYN | ACK, 0, 501), c(ACK, 501, 1)]) == [0, 0, 1, 1, 1]
    # Virtual networks do not tell apart.
    tagged = [frame[:12] + b"\x81\0" + struct.pack("!H", tag) + frame[12:] for frame, tag in zip(HANDSHAKE, (5, 6, 7), strict=True)]
    assert numbers([*tagged, HANDSHAKE[2]]) == [0, 0, 0, 0]
    # UDP never times out.
    assert numbers([udp((A, 9), (B, 9), b"x")] * 3, "udp", step=100_000) == [0, 0, 0]


def test_16_connections_are_zeek_s() -> None:
    # Two streams of Wireshark's are one connection where only the five numbers count, and the other way round.
    found = rows([*HANDSHAKE, *TALK, c(SYN, 777), s(SYN | ACK, 99, 778)], streams=True)
    assert [row["streams"] for row in found] == [[0], [1]]
    silent = rows([udp((A, 9), (B, 9), b"x")] * 2, step=100, streams=True)
    assert [row["streams"] for row in silent] == [[0], [0]]
    twice = rows([c(SYN, 0), c(SYN, 500)], streams=True)
    assert sorted(itertools.chain(*(row["streams"] for row in twice))) == [0, 1]
    tagged = [frame[:12] + b"\x81\0" + struct.pack("!H", tag) + frame[12:] for frame in HANDSHAKE for tag in (5, 6)]
    assert [len(rows(tagged, key=key)) for key in (None, "vlan")] == [1, 2]


def test_17_what_came_first_counts() -> None:
    sent_again = [*HANDSHAKE, c(ACK | PSH, 6, 1, b"-end"), c(ACK | PSH, 6, 1, b"-END"), c(ACK | PSH, 1, 1, b"first")]
    for options, expected in (({}, b"first-end"), ({"policy": "first"}, b"first-end"), ({"policy": "last"}, b"first-END")):
        (stream,) = unwire.open(capture(sent_again)).streams(**options)
        assert stream.client.bytes == expected
    # The client sent the bare SYN, whoever was captured first; without one it is the first sender.
    (stream,) = unwire.open(capture([HANDSHAKE[1], HANDSHAKE[0], HANDSHAKE[2], *TALK])).streams()
    assert (stream.client.bytes, stream.server.bytes) == (b"ask", b"answer")
    (stream,) = unwire.open(capture([TALK[1], TALK[0]])).streams()
    assert (stream.client.bytes, stream.server.bytes) == (b"answer", b"ask")


# Connections.


@pytest.mark.parametrize(
    ("packets", "port", "history"),
    [
        # Without a bare SYN a likely server's port on the sender's side turns the flow, if the other side has none …
        ([tcp((B, 80), (A, 40000), ACK, 1, 1, b"x")], 80, "^d"),
        # … or if both are likely and the smaller one is the sender's.
        ([tcp((B, 80), (A, 8080), ACK, 1, 1, b"x")], 80, "^d"),
        ([tcp((B, 8080), (A, 80), ACK, 1, 1, b"x")], 80, "D"),
        # A SYN with an ACK turns it only where the other port is none of a server.
        ([tcp((B, 80), (A, 40000), SYN | ACK, 1, 1)], 80, "^h"),
        ([tcp((B, 80), (A, 8080), SYN | ACK, 1, 1)], 8080, "H"),
        ([tcp((B, 80), (A, 40000), SYN, 1)], 40000, "S"),
        ([udp((B, 53), (A, 40000), b"x")], 53, "^d"),
        ([udp((B, 53), (A, 123), b"x")], 123, "D"),
        ([udp((B, 68), (b"\xff" * 4, 6700), b"x")], 6700, "D"),
        # A SYN that comes later turns it back, which the history tells where it happens.
        ([tcp((B, 9000), (A, 40000), SYN | ACK, 5, 2), tcp((A, 40000), (B, 9000), SYN, 1)], 9000, "Hs^"),
    ],
)  # fmt: skip
def test_18_who_began(packets: list[bytes], port: int, history: str) -> None:
    (row,) = rows(packets)
    assert row["id.resp_p"] == port
    assert row["history"] == history


def test_19_durations_and_bytes() -> None:
    (row,) = rows([*HANDSHAKE, *TALK], step=0)
    assert (row["duration"], row["orig_bytes"], row["resp_bytes"], row["orig_pkts"], row["resp_pkts"]) == (None, None, None, 3, 2)
    # From numbers, so more than was captured; SYN and FIN do not count.
    (row,) = rows([*HANDSHAKE, c(ACK, 101, 1, b"x"), c(FIN | ACK, 102, 1)])
    assert (row["orig_bytes"], row["resp_bytes"], row["orig_ip_bytes"]) == (101, 0, 40 * 4 + 1)
    (row,) = rows([udp((A, 9), (B, 9), b"12345"), udp((B, 9), (A, 9), b"123")])
    assert (row["orig_bytes"], row["resp_bytes"], row["orig_ip_bytes"], row["resp_ip_bytes"]) == (5, 3, 33, 31)
    ping = ip(A, B, 1, bytes.fromhex("08000000 00010001") + b"12345")
    (row,) = rows([ping, ping])
    assert (row["orig_bytes"], row["orig_ip_bytes"]) == (10, 66)


@pytest.mark.parametrize(
    ("packets", "state"),
    [
        ([udp((A, 9), (B, 9), b"x"), udp((B, 9), (A, 9), b"x")], "SF"),
        ([udp((A, 9), (B, 9), b"x")], "S0"),
        ([udp((B, 53), (A, 4000), b"x")], "SHR"),
        ([ip(A, B, 1, bytes.fromhex("08000000 00010001"))], "OTH"),
        ([ip(A, B, 99, b"12345")], "OTH"),
        ([c(SYN, 0), c(RST, 1)], "RSTOS0"),
        ([c(SYN, 0), c(ACK, 1, 1), c(RST, 1)], "OTH"),
        ([s(SYN | ACK, 0, 1), s(RST, 1)], "RSTRH"),
        ([c(SYN, 0), s(RST | ACK, 0, 1)], "REJ"),
        ([*HANDSHAKE, c(RST, 1), s(RST, 1)], "REJ"),
        ([*HANDSHAKE, *TALK, c(FIN | ACK, 4, 7), s(FIN | ACK, 7, 5)], "SF"),
        ([*HANDSHAKE, *TALK], "S1"),
    ],
)  # fmt: skip
def test_20_states(packets: list[bytes], state: str) -> None:
    assert rows(packets)[0]["conn_state"] == state


@pytest.mark.parametrize(
    ("packets", "history"),
    [
        # a, d, i and q once a direction.
        ([*HANDSHAKE, *TALK, c(ACK, 4, 7), s(ACK, 7, 4), c(ACK | PSH, 4, 7, b"x")], "ShADda"),
        # s, h, f and r again only with another number.
        ([c(SYN, 0), c(SYN, 0)], "S"),
        ([*HANDSHAKE, c(FIN | ACK, 1, 1), c(FIN | ACK, 1, 1)], "ShAF"),
        ([*HANDSHAKE, c(RST, 1), c(RST, 1)], "ShAR"),
        ([*HANDSHAKE, c(RST, 1), c(RST, 2)], "ShARR"),
        # t at 1, 10, 100.
        ([*HANDSHAKE, *[TALK[0]] * 10], "ShADT"),
        ([*HANDSHAKE, *[TALK[0]] * 11], "ShADTT"),
        ([*HANDSHAKE, s(ACK, 1, 1, window=0), *[c(ACK | PSH, 1, 1, b"x")]], "ShAawD"),
    ],
)  # fmt: skip
def test_21_histories(packets: list[bytes], history: str) -> None:
    (row,) = rows(packets)
    assert row["history"] == history
    assert rows([ip(A, B, 1, bytes.fromhex("08000000 00010001"))])[0]["history"] is None


def ip6(source: bytes, target: bytes, header: int, payload: bytes) -> bytes:
    return bytes(12) + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(payload), header, 64) + source + target + payload


#: Types of messages that answer each other: of ICMP, and of ICMPv6.
ANSWERED = [
    (1, 8, 0), (1, 13, 14), (1, 15, 16), (1, 17, 18), (1, 10, 9),
    (58, 128, 129), (58, 133, 134), (58, 135, 136), (58, 130, 131), (58, 139, 140), (58, 144, 145),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "asked", "answered"), ANSWERED)
def test_22_messages_that_answer_each_other(protocol: int, asked: int, answered: int) -> None:
    def frame(there: bytes, here: bytes, kind: int) -> bytes:
        body = struct.pack("!BBHHH", kind, 0, 0, 1, 1) + b"12"
        return ip(there, here, 1, body) if protocol == 1 else ip6(bytes(12) + there, bytes(12) + here, 58, body)

    (row,) = rows([frame(A, B, asked), frame(B, A, answered)])
    assert (row["proto"], row["id.orig_p"], row["id.resp_p"], row["orig_pkts"], row["resp_pkts"]) == ("icmp", asked, answered, 1, 1)


def test_22_others() -> None:
    # One-way messages have their code in the place of the other type.
    (row,) = rows([ip(A, B, 1, bytes.fromhex("03010000 00000000") + bytes(28))])
    assert (row["id.orig_p"], row["id.resp_p"]) == (3, 1)
    (row,) = rows([ip(A, B, 99, b"12345"), ip(B, A, 99, b"12")])
    assert (row["proto"], row["ip_proto"], row["id.orig_p"], row["id.resp_p"], row["orig_pkts"], row["resp_pkts"]) == (
        "unknown_transport",
        99,
        0,
        0,
        1,
        1,
    )


def test_23_tunnels() -> None:
    inner = HANDSHAKE[0]
    vxlan = bytes.fromhex("0800000000002a00") + inner
    geneve = bytes.fromhex("0000655800002a00") + inner
    gtp = struct.pack("!BBHI", 0x30, 255, len(inner) - 14, 7) + inner[14:]
    gre = bytes.fromhex("00000800") + inner[14:]
    for port, service, carried in ((4789, "vxlan", vxlan), (6081, "geneve", geneve), (2152, "gtpv1", gtp), (4754, None, gre)):
        found = {row["proto"]: row for row in rows([udp((b"\x0b\0\0\1", 4000), (b"\x0b\0\0\2", port), carried)])}
        assert set(found) == {"tcp", "udp"}, port
        assert found["tcp"]["tunnel_parents"] == [found["udp"]["uid"]]
        assert found["udp"]["tunnel_parents"] is None
        if service:
            assert found["udp"]["service"] == service
    # GRE and IP in IP have no row of their own; what is carried one way and the other has one parent.
    for protocol, carried in ((47, gre), (4, inner[14:])):
        there = ip(b"\x0b\0\0\1", b"\x0b\0\0\2", protocol, carried)
        (row,) = rows([there, there])
        assert (row["proto"], len(row["tunnel_parents"]), row["orig_pkts"]) == ("tcp", 1, 2)


#: Services by what one side says first, under Zeek's names.
SAID = [
    ("http", "tcp", 0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ("http", "tcp", 1, b"HTTP/1.1 200 OK\r\n\r\n"),
    ("ssh", "tcp", 1, b"SSH-2.0-OpenSSH_9\r\n"), ("smtp", "tcp", 0, b"EHLO me\r\n"), ("irc", "tcp", 0, b"NICK me\r\n"),
    ("mqtt", "tcp", 0, b"\x10\x10\0\x04MQTT\x04\2\0\x3c\0\4abcd"), ("redis", "tcp", 0, b"*1\r\n$4\r\nPING\r\n"),
    ("postgresql", "tcp", 0, b"\0\0\0\x08\x04\xd2\x16\x2f"), ("xmpp", "tcp", 0, b"<?xml version='1.0'?><stream:stream to='a'>"),
    ("sip", "udp", 0, b"OPTIONS sip:a SIP/2.0\r\n"), ("smb", "tcp", 0, b"\0\0\0\x40\xfeSMB" + bytes(60)), (None, "tcp", 0, b"whatever\r\n"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "transport", "side", "data"), SAID, ids=[f"{one[0]}-{one[2]}" for one in SAID])
def test_24_services(service: str | None, transport: str, side: int, data: bytes) -> None:
    # By content on whatever port, and never by the port alone.
    for port in (80, 5555):
        if transport == "tcp":
            (row,) = rows(spoken((side, data), server=(B, port)))
        else:
            (row,) = rows([udp(CLIENT, (B, port), data)])
        assert row["service"] == service
    # Several are joined in order.
    (row,) = rows(spoken((0, b"EHLO me\r\n"), (0, b"\x16\3\1\0\x50\1\0\0\x4c\3\3" + bytes(69))))
    assert row["service"] == "smtp,ssl"


def test_25_checksums() -> None:
    wrong = [*HANDSHAKE, *TALK]
    assert rows(wrong)[0]["history"] == "ShADd"
    right = [bytes(dpkt.ethernet.Ethernet(frame).recompute()) for frame in wrong]
    assert rows(right, checksums="verify")[0]["history"] == "ShADd"
    assert rows([*right[:4], wrong[4]], checksums="verify")[0]["history"] == rows(right[:4])[0]["history"]
    # What the snap length cut is not judged.
    cut = pcap([(1 + at, frame) for at, frame in enumerate(right)], snaplen=55)
    assert list(unwire.open(cut).conn(checksums="verify")) == list(unwire.open(cut).conn())


def test_26_time_does_not_run_back() -> None:
    times = [10, 10.1, 10.2, 9.0, 10.3]
    (row,) = unwire.open(pcap(list(zip(times, [*HANDSHAKE, *TALK], strict=True)))).conn()
    assert row["duration"] >= 0
    # A reset connection takes what comes within five seconds, and every flow is written in the state that it is in.
    assert [row["conn_state"] for row in rows([*HANDSHAKE, c(RST, 1), c(ACK, 1, 1)], step=4)] == ["RSTO"]
    late = [*enumerate([*HANDSHAKE, c(RST, 1)]), (8.5, c(ACK, 1, 1))]
    assert [row["conn_state"] for row in unwire.open(pcap(late)).conn()] == ["RSTO", "OTH"]
    assert [row["orig_pkts"] for row in rows([ip(A, B, 1, bytes.fromhex("08000000 00010001"))] * 2, step=61)] == [1, 1]
    assert [row["orig_pkts"] for row in rows([ip(A, B, 99, b"x")] * 2, step=59)] == [2]


def test_27_names_of_connections() -> None:
    packets = list(enumerate([*HANDSHAKE, *TALK, udp((A, 9), (B, 9), b"x"), tcp(CLIENT, (B, 81), SYN, 3)]))
    whole = {row["uid"] for row in unwire.open(pcap(packets)).conn()}
    assert len(whole) == 3
    assert all(name[0] == "C" and name.isalnum() and 15 <= len(name) <= 19 for name in whole)
    # Those of a file split in parts begin alike.
    first = {row["uid"] for row in unwire.open(pcap(packets[:4])).conn()}
    assert first <= whole
    assert {row["uid"] for row in unwire.open([pcap(packets[:4]), pcap(packets[4:])]).conn()} == whole
    # The same ends at the same time are told apart.
    assert len({row["uid"] for row in rows([c(SYN, 0), s(RST | ACK, 0, 1), c(SYN, 500)], step=0)}) == 2


# dns, http and ssl.


def question(number: int, name: str = "one.Example", kind: int = 1) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


def answer(number: int, record: bytes = b"\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1", name: str = "one.Example", kind: int = 1) -> bytes:
    asked = question(number, name, kind)
    return struct.pack("!HHHHHH", number, 0x8180, 1, 1, 0, 0) + asked[12:] + record


def test_28_dns() -> None:
    ends = (A, 4000), (B, 53)
    asked, answered = (lambda number: udp(*ends, question(number))), (lambda number, **more: udp(*ends[::-1], answer(number, **more)))
    # By connection and number, first in first out; a question alone has a row at the end, an answer alone, too.
    packets = [asked(1), asked(1), answered(1), answered(1), asked(2), answered(3)]
    found = sorted(log("dns", packets), key=lambda row: row["frames"])
    assert [row["frames"] for row in found] == [[1, 3], [2, 4], [5], [6]]
    assert [row["rtt"] is None for row in found] == [False, False, True, True]
    assert {row["query"] for row in found} == {"one.example"}
    assert [row["answers"] for row in found] == [["192.0.2.1"], ["192.0.2.1"], None, ["192.0.2.1"]]
    assert found[0]["TTLs"] == [300.0]
    # Zeek's text of answers.
    text = b"\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\6\5hello"
    (row,) = log("dns", [udp(*ends, question(5, kind=16)), answered(5, record=text, kind=16)])
    assert (row["answers"], row["qtype_name"], row["qclass_name"], row["rcode_name"]) == (["TXT 5 hello"], "TXT", "C_INTERNET", "NOERROR")
    # To many there is a row a message.
    many = (b"\xe0\0\0\xfb", 5353)
    found = log("dns", [udp((A, 5353), many, question(0)), udp((B, 5353), many, answer(0))])
    assert len(found) == 2
    # The object keeps the case.
    (said, *_) = unwire.open(capture([asked(1)])).messages("dns")
    assert said.message.qd[0].name == "one.Example"


def test_29_http() -> None:
    def get(path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: a:81\r\n\r\n".encode()

    def said(code: int, body: bytes = b"", more: str = "") -> bytes:
        return f"HTTP/1.1 {code} X{code}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body

    # Depth counts from 1; the k-th response joins the k-th request; the host keeps its port.
    found = log("http", spoken((0, get("/1") + get("/2")), (1, said(200, b"one") + said(404, b"two2")), (0, get("/3"))))
    assert [(row["trans_depth"], row["uri"], row["status_code"], row["response_body_len"]) for row in found] == [
        (1, "/1", 200, 3), (2, "/2", 404, 4), (3, "/3", None, 0),
    ]  # fmt: skip
    assert {row["host"] for row in found} == {"a:81"}
    # A response alone has a row; 1xx is told on the row of its request.
    (row,) = log("http", spoken((1, said(200, b"one"))))
    assert (row["method"], row["status_code"], row["trans_depth"]) == (None, 200, 1)
    (row,) = log("http", spoken((0, get("/")), (1, b"HTTP/1.1 100 Continue\r\n\r\n"), (1, said(200))))
    assert (row["info_code"], row["info_msg"], row["status_code"], row["status_msg"]) == (100, "Continue", 200, "X200")
    # An upgrade or a CONNECT ends http for the flow, and what follows may be something else.
    found = log("http", spoken((0, get("/")), (1, b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), (0, b"\x81\x02hi"), (1, b"\x81\x02ho")))
    assert [row["status_code"] for row in found] == [101]
    hello = b"\x16\3\1\0\x2d\1\0\0\x29\3\3" + bytes(32) + b"\0\0\2\x13\1\1\0"
    tunnel = spoken((0, b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), (1, b"HTTP/1.1 200 OK\r\n\r\n"), (0, hello))
    assert [(row["method"], row["uri"]) for row in log("http", tunnel)] == [("CONNECT", "a:443")]
    assert [row["ssl_history"] for row in log("ssl", tunnel)] == ["C"]
    # What is sized and hashed is the body without its compression and chunks.
    packed = gzip.compress(b"x" * 1000)
    chunked = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    (row,) = log("http", spoken((0, get("/")), (1, chunked)))
    assert row["response_body_len"] == 1000


def test_30_ssl(office: Any, captures: Any) -> None:
    zeek = ["version", "cipher", "curve", "server_name", "resumed", "last_alert", "next_protocol", "established", "ssl_history", "cert_chain_fps"]
    columns = unwire.open(office).ssl().columns
    # Zeek's columns in Zeek's order, ours behind them.
    assert [name for name in columns if name in zeek] == zeek
    assert columns[-6:] == ["subject", "issuer", "ja3", "ja3s", "ja4", "frames"]
    # TLS, DTLS and QUIC; established under TLS 1.3 is told over TCP, not by QUIC's first packets.
    by = {(row["version"], row["id.resp_p"]): row["established"] for row in unwire.open(captures / "datagrams.pcap").ssl()}
    assert by == {("TLSv13", 4433): False, ("TLSv13", 4434): False, ("DTLSv12", 4445): True}
    # Unknown suites and groups have their numbers.
    hello = b"\x16\3\1\0\x2d\1\0\0\x29\3\3" + bytes(32) + b"\0\0\2\x13\1\1\0"
    chosen = b"\x16\3\3\0\x2a\2\0\0\x26\3\3" + bytes(32) + b"\0\xfe\xdc\0"
    (row,) = log("ssl", spoken((0, hello), (1, chosen)))
    assert (row["version"], row["cipher"], row["established"], row["ssl_history"]) == ("TLSv12", "unknown-65244", False, "Cs")
