"""The log of what should not be: one made case for each name, and that an ordinary capture has none."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

import unwire
from test_conn import ACK, CLIENT, FIN, HANDSHAKE, PSH, RST, SERVER, SYN, TALK, c, ip, pcap, s, tcp, udp


def weird(packets: list[bytes], snaplen: int = 65535, **options: Any) -> list[dict[str, Any]]:
    """Return the log of packets a second apart."""
    return list(unwire.open(pcap([(at, packet) for at, packet in enumerate(packets)], snaplen)).weird(**options))


def piece(offset: int, data: bytes, *, more: bool, total: int | None = None) -> bytes:
    """Make a piece of a datagram."""
    made = bytearray(ip(CLIENT[0], SERVER[0], 17, data))
    made[18:22] = struct.pack("!HH", 7, offset // 8 | more << 13)
    return bytes(made)


NAMES = (SERVER[0], 53)
CLOSED = [*HANDSHAKE, *TALK, c(FIN | ACK, 4, 7), s(FIN | ACK, 7, 5), c(ACK, 5, 8)]
CASES: list[tuple[str, list[bytes], list[str]]] = [
    ("an ordinary connection", CLOSED, []),
    ("an answer alone", [s(SYN | ACK, 0, 1)], ["unsolicited_SYN_response"]),
    ("an answer from no server's port", [tcp((SERVER[0], 9000), CLIENT, SYN | ACK, 5, 5)], ["connection_originator_SYN_ack"]),
    ("a reset alone", [c(RST, 0)], ["spontaneous_RST"]),
    ("an end alone", [c(FIN | ACK, 5, 5)], ["spontaneous_FIN"]),
    ("data with the opening", [c(SYN, 0, data=b"early")], ["SYN_with_data"]),
    ("data behind the opening", [c(SYN, 0), c(ACK, 1, 1, b"x")], ["data_before_established", "possible_split_routing"]),
    ("an opening that resets", [c(SYN | RST, 0)], ["TCP_christmas", "spontaneous_RST"]),
    ("both open", [c(SYN, 0), s(SYN, 0)], ["active_connection_reuse"]),
    ("an answer to something else", [c(SYN, 0), s(SYN | ACK, 0, 99)], ["bad_SYN_ack", "content_gap"]),
    ("an end before the answer", [c(SYN, 0), c(FIN, 1)], ["inappropriate_FIN"]),
    ("an answer in the middle", [*HANDSHAKE, *TALK, s(SYN | ACK, 0, 1)], ["SYN_inside_connection"]),
    ("a reset with words", [*HANDSHAKE, *TALK, s(RST, 7, 0, b"go away")], ["RST_with_data"]),
    ("data behind a reset", [*HANDSHAKE, c(RST, 1), c(ACK, 1, 1, b"still")], ["data_after_reset"]),
    ("a later end", [*HANDSHAKE, c(FIN | ACK, 1, 1), c(FIN | ACK, 9, 1)], ["FIN_advanced_last_seq"]),
    ("never sent", [*HANDSHAKE, c(ACK, 1, -9)], ["TCP_ack_underflow_or_misorder"]),
    ("before the first", [*HANDSHAKE, c(ACK, -9, 1, b"x")], ["TCP_seq_underflow_or_misorder"]),
    ("missing", [*HANDSHAKE, c(ACK, 5, 1, b"later"), s(ACK, 1, 10)], ["content_gap"]),
    ("sent again, and not the same", [*HANDSHAKE, c(ACK, 5, 1, b"late"), c(ACK, 5, 1, b"lies")], ["retransmission_inconsistency"]),
    ("begun anew", [*HANDSHAKE, *TALK, c(SYN, 777)], ["active_connection_reuse"]),
    ("begun anew after its end", [*CLOSED, c(SYN, 777)], ["premature_connection_reuse"]),
    ("a header that is cut", [c(SYN, 0)[:44]], ["truncated_header"]),
    ("nobody knows what", [bytes(12) + b"\x99\x99" + bytes(40)], ["unknown_protocol"]),
    ("a piece alone", [piece(0, bytes(16), more=True)], ["fragment_missing_at_end"]),
    (
        "pieces that overlap and differ",
        [piece(8, bytes(8), more=True), piece(0, b"x" * 16, more=True)],
        ["fragment_inconsistency", "fragment_missing_at_end"],
    ),
    ("a piece beyond the longest", [piece(65528, bytes(64), more=False)], ["excessively_large_fragment"]),
    ("an answer without a question", [udp(NAMES, CLIENT, bytes.fromhex("0001 8180 0001 0000 0000 0000 0161 00 0001 0001"))], ["dns_unmatched_reply"]),
    ("no message", [udp(CLIENT, NAMES, bytes.fromhex("0001 0100 0001 0000 0000 0000 ff61"))], ["malformed_DNS"]),
    ("an answer without a request", [*HANDSHAKE, s(ACK | PSH, 1, 1, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")], ["unmatched_HTTP_reply"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "packets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_should_not_be(name: str, packets: list[bytes], expected: list[str]) -> None:
    rows = weird(packets)
    assert [row["name"] for row in rows] == expected
    connections = {row["uid"] for row in unwire.open(pcap([(at, packet) for at, packet in enumerate(packets)])).conn()}
    assert {row["uid"] for row in rows} <= connections | {None}


def test_of_a_connection_each_name_is_told_once() -> None:
    bad = udp(CLIENT, NAMES, bytes.fromhex("0001 0100 0001 0000 0000 0000 ff61"))
    other = udp((CLIENT[0], 40_001), NAMES, bytes.fromhex("0001 0100 0001 0000 0000 0000 ff61"))
    rows = weird([bad, bad, other, bad, other])
    assert [(row["name"], row["frame"]) for row in rows] == [("malformed_DNS", 1), ("malformed_DNS", 3)]


def test_many_requests_may_wait_for_their_answers() -> None:
    ask, answer = b"GET / HTTP/1.1\r\n\r\n" * 300, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 300
    packets = [*HANDSHAKE, c(ACK | PSH, 1, 1, ask), s(ACK | PSH, 1, 1 + len(ask), answer)]
    assert weird(packets) == []
    rows = list(unwire.open(pcap([(at, packet) for at, packet in enumerate(packets)])).http())
    assert [(row["trans_depth"], row["method"], row["status_code"]) for row in rows] == [(at, "GET", 200) for at in range(1, 301)]


def test_wrong_checksums_are_told_where_they_are_verified() -> None:
    segment = tcp(CLIENT, SERVER, SYN, 1)
    assert weird([segment]) == []
    (row,) = weird([segment], checksums="verify")
    assert row["name"] == "bad_IP_checksum"


def test_a_message_that_the_snap_length_cut_is_not_malformed() -> None:
    question = udp(CLIENT, NAMES, bytes.fromhex("0001 0100 0001 0000 0000 0000 0161 07 6578616d706c65 00 0001 0001"))
    # A name that points to itself is wrong, however much of the message there is.
    circle = udp(CLIENT, NAMES, bytes.fromhex("0001 0100 0001 0000 0000 0000 c00c 0001 0001"))
    assert [row["name"] for row in weird([question])] == []
    assert [row["name"] for row in weird([question], len(question) - 3)] == ["truncated_DNS"]
    assert [row["name"] for row in weird([circle])] == [row["name"] for row in weird([circle], len(circle) - 3)] == ["malformed_DNS"]


def test_an_ordinary_capture_has_nothing_odd(office: Path) -> None:
    assert list(unwire.open(office).weird()) == []


def test_public_captures_have_what_their_names_say(kit: Path) -> None:
    for name, expected in (("zeek__fragmented-4.pcap", "fragment_inconsistency"), ("nDPI__reasm_crash_anon.pcapng", "SYN_inside_connection")):
        (path,) = (kit / "captures").rglob(name)
        assert expected in {row["name"] for row in unwire.open(path).weird()}
