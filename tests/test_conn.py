"""The log of connections: hand-made flows whose states are known, what Zeek writes of public captures, and laws that any capture keeps."""

from __future__ import annotations

import json
import random
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import unwire
from cli.commands import run
from conftest import ROOT

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = (b"\x0a\0\0\1", 40_000), (b"\x0a\0\0\2", 80)


def ip(source: bytes, target: bytes, protocol: int, payload: bytes) -> bytes:
    """Make an IPv4 packet on Ethernet."""
    return bytes(12) + b"\x08\0" + struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, source, target) + payload


def tcp(sender: tuple[bytes, int], receiver: tuple[bytes, int], flags: int, seq: int, ack: int = 0, data: bytes = b"", window: int = 1000) -> bytes:
    """Make a TCP segment."""
    header = struct.pack("!HHIIBBHHH", sender[1], receiver[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, window, 0, 0)
    return ip(sender[0], receiver[0], 6, header + data)


def udp(sender: tuple[bytes, int], receiver: tuple[bytes, int], data: bytes) -> bytes:
    """Make a UDP datagram."""
    return ip(sender[0], receiver[0], 17, struct.pack("!HHHH", sender[1], receiver[1], 8 + len(data), 0) + data)


def pcap(packets: list[tuple[float, bytes]], snaplen: int = 65535) -> bytes:
    """Make a capture with nanoseconds."""
    out = [struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)]
    for time, frame in packets:
        ns = round(time * 10**9)
        out.append(struct.pack("<IIII", ns // 10**9, ns % 10**9, min(len(frame), snaplen), len(frame)) + frame[:snaplen])
    return b"".join(out)


def c(flags: int, seq: int, ack: int = 0, data: bytes = b"", **more: int) -> bytes:
    """Make a segment of the client's; numbers are counted from the SYN's."""
    return tcp(CLIENT, SERVER, flags, 1000 + seq, 5000 + ack if flags & ACK else 0, data, **more)


def s(flags: int, seq: int, ack: int = 0, data: bytes = b"", **more: int) -> bytes:
    """Make a segment of the server's."""
    return tcp(SERVER, CLIENT, flags, 5000 + seq, 1000 + ack if flags & ACK else 0, data, **more)


def rows(packets: list[bytes], step: float = 0.1, **options: Any) -> list[dict[str, Any]]:
    """Return the log of packets that follow each other by `step` seconds."""
    return list(unwire.open(pcap([(1_700_000_000 + step * at, frame) for at, frame in enumerate(packets)])).conn(**options))


HANDSHAKE = [c(SYN, 0), s(SYN | ACK, 0, 1), c(ACK, 1, 1)]
TALK = [c(ACK | PSH, 1, 1, b"ask"), s(ACK | PSH, 1, 4, b"answer")]
#: A name, packets, conn_state, history, bytes of both sides, missed bytes.
FLOWS = [
    ("an opening without an answer", [c(SYN, 0), c(SYN, 0)], "S0", "S", 0, 0, 0),
    ("a whole connection", [*HANDSHAKE, *TALK, c(FIN | ACK, 4, 7), s(FIN | ACK, 7, 5), c(ACK, 5, 8)], "SF", "ShADdFf", 3, 6, 0),
    ("an open one", [*HANDSHAKE, *TALK], "S1", "ShADd", 3, 6, 0),
    ("closed by the client alone", [*HANDSHAKE, *TALK, c(FIN | ACK, 4, 7), s(ACK, 7, 5)], "S2", "ShADdFa", 3, 6, 0),
    ("closed by the server alone", [*HANDSHAKE, *TALK, s(FIN | ACK, 7, 4), c(ACK, 4, 8)], "S3", "ShADdf", 3, 6, 0),
    ("refused", [c(SYN, 0), s(RST | ACK, 0, 1)], "REJ", "Sr", 0, 0, 0),
    ("broken off by the client", [*HANDSHAKE, *TALK, c(RST, 4)], "RSTO", "ShADdR", 3, 6, 0),
    ("broken off by the server", [*HANDSHAKE, *TALK, s(RST, 7)], "RSTR", "ShADdr", 3, 6, 0),
    ("asked and broken off", [c(SYN, 0), c(RST, 1)], "RSTOS0", "SR", 0, 0, 0),
    ("half open", [c(SYN, 0), c(FIN, 1)], "SH", "SF", 0, 0, 0),
    ("from the middle", [s(ACK, 50, 90, b"answer"), c(ACK, 90, 56)], "OTH", "^dA", 0, 6, 0),
    ("an answer alone", [s(SYN | ACK, 0, 1), s(FIN | ACK, 1, 1)], "SHR", "^hf", 0, 0, 0),
    ("sent again", [*HANDSHAKE, TALK[0], TALK[0], TALK[1]], "S1", "ShADTd", 3, 6, 0),
    ("with a hole that is acknowledged", [*HANDSHAKE, c(ACK, 5, 1, b"later"), s(ACK, 1, 10)], "S1", "ShADaG", 9, 0, 4),
    ("out of order", [*HANDSHAKE, c(ACK, 4, 1, b"later"), TALK[0], s(ACK, 1, 9)], "S1", "ShADTa", 8, 0, 0),
    ("nothing more is taken", [*HANDSHAKE, s(ACK, 1, 1, window=0), TALK[0]], "S1", "ShAawD", 3, 0, 0),
    ("flags that contradict each other", [*HANDSHAKE, c(SYN | FIN, 0), c(FIN | RST, 1)], "RSTO", "ShAQI", 0, 0, 0),
]


@pytest.mark.parametrize(("name", "packets", "state", "history", "sent", "answered", "missed"), FLOWS, ids=[flow[0] for flow in FLOWS])
def test_how_a_flow_went(name: str, packets: list[bytes], state: str, history: str, sent: int, answered: int, missed: int) -> None:
    (row,) = rows(packets)
    assert (row["conn_state"], row["history"]) == (state, history)
    assert (row["orig_bytes"], row["resp_bytes"], row["missed_bytes"]) == (sent, answered, missed)
    assert (row["id.orig_h"], row["id.orig_p"], row["id.resp_p"], row["proto"], row["ip_proto"]) == ("10.0.0.1", 40_000, 80, "tcp", 6)
    assert (row["first_frame"], row["last_frame"], row["local_orig"]) == (1, len(packets), True)


def test_numbers_of_packets_and_bytes() -> None:
    (row,) = rows([*HANDSHAKE, *TALK])
    assert (row["orig_pkts"], row["orig_ip_bytes"], row["resp_pkts"], row["resp_ip_bytes"]) == (3, 123, 2, 86)
    assert row["duration"] == pytest.approx(0.4, abs=1e-6)
    (row,) = rows([c(SYN, 0)])
    assert (row["duration"], row["orig_bytes"], row["orig_pkts"]) == (None, None, 1)


def test_sequence_numbers_wrap() -> None:
    def far(flags: int, seq: int, data: bytes = b"") -> bytes:
        return tcp(CLIENT, SERVER, flags, 0xFFFFFFF0 + seq, 5001, data)

    packets = [tcp(CLIENT, SERVER, SYN, 0xFFFFFFF0), tcp(SERVER, CLIENT, SYN | ACK, 5000, 0xFFFFFFF1), far(ACK, 1)]
    packets += [far(ACK, 1 + 10 * at, bytes(10)) for at in range(5)] + [tcp(SERVER, CLIENT, ACK, 5001, 0xFFFFFFF1 + 50), far(ACK | FIN, 51)]
    (row,) = rows(packets)
    assert (row["orig_bytes"], row["missed_bytes"], row["history"]) == (50, 0, "ShADaF")


def test_flows_end_in_time() -> None:
    # An attempt is over after five seconds, a datagram's flow after a minute, a question's after ten seconds.
    assert [row["orig_pkts"] for row in rows([c(SYN, 0)] * 4, step=2)] == [3, 1]
    assert [row["orig_pkts"] for row in rows([udp((b"\x0a\0\0\1", 9), (b"\x0a\0\0\2", 9), b"x")] * 3, step=59)] == [3]
    assert [row["orig_pkts"] for row in rows([udp((b"\x0a\0\0\1", 9), (b"\x0a\0\0\2", 9), b"x")] * 3, step=60)] == [1, 1, 1]
    question = bytes.fromhex("0001 0100 0001 0000 0000 0000 0161 00 0001 0001")
    found = rows([udp(CLIENT, (b"\x0a\0\0\2", 53), question)] * 3, step=10)
    assert [(row["service"], row["orig_pkts"]) for row in found] == [("dns", 1)] * 3

    # An open connection lasts as long as it is not silent for five minutes, one of ssh for an hour.
    def spread(silence: float, port: int) -> int:
        server = (SERVER[0], port)
        opened = [tcp(CLIENT, server, SYN, 0), tcp(server, CLIENT, SYN | ACK, 0, 1), tcp(CLIENT, server, ACK, 1, 1)]
        times = [0, 0.1, 0.2, 0.2 + silence, 0.2 + 2 * silence]
        packets = [*opened, *[tcp(CLIENT, server, ACK, 1, 1)] * 2]
        return len(list(unwire.open(pcap(list(zip(times, packets, strict=True)))).conn()))

    assert [spread(299, 80), spread(301, 80), spread(3599, 22), spread(3601, 22)] == [1, 3, 1, 3]
    # A closed one takes what comes within five seconds.
    closed = [*HANDSHAKE, c(FIN | ACK, 1, 1), s(FIN | ACK, 1, 2), c(ACK, 2, 2)]
    assert [row["orig_pkts"] for row in rows(closed, step=2)] == [4]
    assert [row["conn_state"] for row in rows([*closed, c(ACK, 2, 2)], step=4)] == ["SF", "OTH"]


def test_a_new_opening_is_a_new_connection() -> None:
    found = rows([*HANDSHAKE, *TALK, c(SYN, 777), s(SYN | ACK, 99, 778)])
    assert [row["conn_state"] for row in found] == ["S1", "S1"]
    assert len({row["uid"] for row in found}) == 2
    assert len({row["community_id"] for row in found}) == 1


def test_the_direction_is_guessed() -> None:
    (row,) = rows([udp((b"\x0a\0\0\2", 53), (b"\x0a\0\0\1", 4000), b"x"), udp((b"\x0a\0\0\1", 4000), (b"\x0a\0\0\2", 53), b"x")])
    assert (row["id.resp_p"], row["history"], row["conn_state"]) == (53, "^dD", "SF")
    # An answer that was captured before its question.
    peer = (b"\x0a\0\0\2", 9000)
    late = [tcp(peer, CLIENT, SYN | ACK, 5000, 1001), tcp(CLIENT, peer, SYN, 1000), tcp(CLIENT, peer, ACK, 1001, 5001)]
    (row,) = rows(late)
    assert (row["id.orig_p"], row["id.resp_p"], row["conn_state"], row["history"]) == (40_000, 9000, "S1", "Hs^A")


def test_messages_pair_and_others_have_rows() -> None:
    a, b = b"\x0a\0\0\1", b"\x0a\0\0\2"
    ping = [ip(a, b, 1, bytes.fromhex("08000000 00010001") + b"12345"), ip(b, a, 1, bytes.fromhex("00000000 00010001") + b"12345")]
    (row,) = rows(ping)
    assert (row["proto"], row["id.orig_p"], row["id.resp_p"], row["conn_state"], row["history"]) == ("icmp", 8, 0, "OTH", None)
    assert (row["orig_bytes"], row["resp_bytes"]) == (5, 5)
    (row,) = rows([ip(a, b, 1, bytes.fromhex("05030000 0a000009"))])
    assert (row["id.orig_p"], row["id.resp_p"]) == (5, 3)
    (row,) = rows([ip(a, b, 99, b"12345")])
    assert (row["proto"], row["ip_proto"], row["id.orig_p"], row["orig_pkts"]) == ("unknown_transport", 99, 0, 1)


def test_a_datagram_in_fragments_is_one_packet() -> None:
    whole = udp(CLIENT, (SERVER[0], 9), bytes(100))
    header, body = whole[:34], whole[34:]

    def piece(at: int, data: bytes, more: int) -> bytes:
        return header[:16] + struct.pack("!HHH", 20 + len(data), 7, more << 13 | at // 8) + header[22:] + data

    (row,) = rows([piece(48, body[48:], 0), piece(0, body[:48], 1), whole])
    assert (row["orig_pkts"], row["orig_ip_bytes"], row["orig_bytes"], row["id.resp_p"]) == (2, 256, 200, 9)
    assert rows([piece(48, body[48:], 0)]) == []


def test_tags_and_tunnels_are_told_and_tell_apart() -> None:
    tagged = [frame[:12] + b"\x81\0" + struct.pack("!H", tag) + frame[12:] for frame in HANDSHAKE for tag in (5, 6)]
    (row,) = rows(tagged)
    assert (row["vlan"], row["inner_vlan"], row["orig_pkts"]) == (5, None, 4)
    found = rows(tagged, key="vlan")
    assert sorted((row["vlan"], row["orig_pkts"]) for row in found) == [(5, 2), (6, 2)]
    carried = [ip(b"\x0b\0\0\1", b"\x0b\0\0\2", 4, frame[14:]) for frame in HANDSHAKE]
    (row,) = rows(carried)
    assert len(row["tunnel_parents"]) == 1
    vxlan = [udp((b"\x0b\0\0\1", 4000), (b"\x0b\0\0\2", 4789), bytes.fromhex("0800000000002a00") + frame) for frame in HANDSHAKE]
    inner, outer = sorted(rows(vxlan), key=lambda row: row["proto"])
    assert (outer["service"], inner["tunnel_parents"]) == ("vxlan", [outer["uid"]])


def test_rows_have_wireshark_s_numbers_of_streams(office: Path) -> None:
    for capture in (office, ROOT / "tests" / "captures" / "streams.pcap", ROOT / "tests" / "captures" / "fragments.pcap"):
        rows = list(unwire.open(capture).conn(streams=True))
        told: dict[int, set[tuple[str, int]]] = {}
        for frame, name, number in numbers(capture):
            told.setdefault(frame, set()).add((name, number))
        for row in rows:
            if row["proto"] in ("tcp", "udp"):
                mine = {(row["proto"], number) for number in row["streams"]}
                assert mine & told[row["last_frame"]] and mine <= set().union(*told.values())
            else:
                assert row["streams"] is None


def numbers(capture: Path) -> list[tuple[int, str, int]]:
    """Return frames with the numbers of their streams, by transport."""
    found = []
    for row in unwire.open(capture).packets("frame.number", "tcp.stream", "udp.stream", occurrence="all", reassemble=True):
        for name in ("tcp", "udp"):
            found += [(row["frame.number"], name, number) for number in row[f"{name}.stream"] or ()]
    return found


def test_how_well_tcp_came_through() -> None:
    packets = [*HANDSHAKE, TALK[0], TALK[0], s(ACK, 7, 4, b"late"), s(ACK, 1, 4, b"answer", window=0), c(ACK, 4, 111), s(ACK, 111, 4, b"x")]
    (row,) = rows(packets, step=0.001, tcp=True)
    assert row["handshake"] == pytest.approx(0.002, abs=1e-6)
    assert (row["orig_retransmitted"], row["resp_retransmitted"], row["resp_out_of_order"]) == (1, 0, 1)
    assert (row["resp_lost"], row["resp_zero_window"]) == (100, 1)


def test_what_the_snap_length_cut_is_sent_again_all_the_same() -> None:
    packets = [*HANDSHAKE, c(ACK, 1, 1, bytes(200)), c(ACK, 1, 1, bytes(200)), c(ACK, 201, 1, bytes(200)), s(ACK, 1, 401)]
    trace = unwire.open(pcap([(at / 1000, packet) for at, packet in enumerate(packets)], 60))
    (row,) = trace.conn(tcp=True)
    assert (row["orig_retransmitted"], row["orig_out_of_order"], row["orig_lost"]) == (1, 0, 400)


def test_wrong_checksums_are_left_out_only_if_asked() -> None:
    (row,) = rows([*HANDSHAKE, *TALK])
    assert row["orig_pkts"] == 3
    assert rows([*HANDSHAKE, *TALK], checksums="verify") == []


def test_the_formats_agree(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap([(1_700_000_000 + at / 10, frame) for at, frame in enumerate([*HANDSHAKE, *TALK])]))
    table = unwire.open(path).conn()
    lines = b"".join(table.zeek()).decode().splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    (values,) = [line.split("\t") for line in lines if not line.startswith("#")]
    zeek = dict(zip(fields, values, strict=True))
    assert fields == table.columns
    assert (zeek["ts"], zeek["duration"], zeek["local_orig"], zeek["service"], zeek["tunnel_parents"]) == (
        "1700000000.000000",
        "0.400000",
        "T",
        "-",
        "-",
    )
    frame = table.to_polars()
    assert (frame["duration"][0].total_seconds(), frame["orig_pkts"][0]) == (0.4, 3)
    assert frame.columns == table.columns


def _captures() -> list[Path]:
    return sorted((ROOT / "tests" / "captures").glob("*.pcap*"))


def test_workers_do_not_show() -> None:
    for path in _captures():
        try:
            logs = [b"".join(unwire.open(path).conn(tcp=True, workers=workers).ipc()) for workers in (1, 2, 8)]
        except ValueError:
            continue
        assert logs[0] == logs[1] == logs[2], path.name


def test_no_capture_however_damaged_is_too_much() -> None:
    chance = random.Random(6)
    for path in _captures():
        whole = path.read_bytes()
        for _ in range(3):
            damaged = bytearray(whole)
            for _ in range(max(len(damaged) // 200, 3)):
                damaged[chance.randrange(24, len(damaged))] = chance.randrange(256)
            try:
                found = list(unwire.open(bytes(damaged[: chance.randrange(24, len(damaged))])).conn(tcp=True))
            except ValueError:
                continue
            for row in found:
                assert row["orig_pkts"] + row["resp_pkts"] > 0
                assert row["first_frame"] <= row["last_frame"]


def test_every_packet_of_a_flow_is_in_one_row() -> None:
    """What rows count is what columns count, over frames that carry one whole datagram each."""
    for path in _captures():
        try:
            table = unwire.open(path).packets("ip.proto", "ipv6.nxt", "udp.length", "tcp.len", where="(tcp or udp) and not icmp and not icmpv6")
            plain = [row for row in table if row["udp.length"] is not None or row["tcp.len"] is not None]
            found = [row for row in unwire.open(path).conn() if row["proto"] in ("tcp", "udp")]
        except ValueError:
            continue
        counted = sum(row["orig_pkts"] + row["resp_pkts"] for row in found)
        assert counted <= len(plain) * 2, path.name


#: What shuffled, doubled and re-cut segments leave as it is.
STEADY = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "orig_bytes", "resp_bytes", "conn_state")


@pytest.mark.parametrize("seed", range(20))
def test_segments_may_come_in_another_order(seed: int) -> None:
    chance = random.Random(seed)
    ask, answer = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + chance.randbytes(chance.randrange(500)), b"HTTP/1.1 200 OK\r\n\r\n" + chance.randbytes(3000)

    def cut(data: bytes) -> list[tuple[int, bytes]]:
        marks = sorted({0, len(data), *(chance.randrange(20, len(data)) for _ in range(8))})
        return [(a, data[a:b]) for a, b in pairwise(marks)]

    def capture(*, disorderly: bool) -> bytes:
        asked = [c(ACK | PSH, 1 + at, 1, data) for at, data in cut(ask)]
        answered = [s(ACK | PSH, 1 + at, 1 + len(ask), data) for at, data in cut(answer)]
        if disorderly:
            # The first segments show the service; those behind them come as they come.
            asked, answered = ([half[0], *chance.sample(half[1:] * 2, len(half[1:]) * 2)] for half in (asked, answered))
        ends = [c(ACK, 1 + len(ask), 1 + len(answer)), c(FIN | ACK, 1 + len(ask), 1 + len(answer)), s(FIN | ACK, 1 + len(answer), 2 + len(ask))]
        return pcap([(1_700_000_000 + at / 100, frame) for at, frame in enumerate([*HANDSHAKE, *asked, *answered, *ends])])

    (orderly,), (disorderly,) = (list(unwire.open(capture(disorderly=disorderly)).conn()) for disorderly in (False, True))
    assert {name: orderly[name] for name in STEADY} == {name: disorderly[name] for name in STEADY}
    assert (orderly["service"], orderly["conn_state"], orderly["missed_bytes"], disorderly["missed_bytes"]) == ("http", "SF", 0, 0)


#: What Zeek writes of public captures: file, and by address and port of the originator the cells that are compared.
ZEEK = json.loads((Path(__file__).parent / "conn_zeek.json").read_text(encoding="utf-8"))
_CELLS = ("id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes", "resp_bytes", "conn_state", "missed_bytes", "history",
          "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes")  # fmt: skip


@pytest.mark.parametrize("name", ZEEK)
def test_rows_are_those_of_zeek(name: str, kit: Path) -> None:
    path = kit / "captures" / name
    lines = b"".join(unwire.open(path).conn().zeek()).decode().splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    found = [dict(zip(fields, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
    ours = sorted([row["id.orig_h"], row["id.orig_p"], *(row[cell] for cell in _CELLS)] for row in found)
    assert ours == sorted(ZEEK[name])


def test_other_logs_name_the_same_connections(office: Path) -> None:
    trace = unwire.open(office)
    known = {row["uid"] for row in trace.conn()}
    for log in (trace.dns(), trace.http(), trace.ssl()):
        named = {row["uid"] for row in log}
        assert named, log
        assert named <= known, log


def test_a_connection_is_cut_out(office: Path, tmp_path: Path) -> None:
    trace = unwire.open(office)
    row = next(row for row in trace.conn() if row["service"] == "http")
    assert len(trace.connection(uid=row["uid"])) == row["orig_pkts"] + row["resp_pkts"]
    assert len(trace.connection(community_id=row["community_id"])) >= row["orig_pkts"] + row["resp_pkts"]
    done = run("slice", office, "--uid", row["uid"], "-w", tmp_path / "cut.pcapng")
    assert done.code == 0
    (cut,) = unwire.open(tmp_path / "cut.pcapng").conn()
    assert (cut["uid"], cut["history"]) == (row["uid"], row["history"])
    with pytest.raises(unwire.UnwireError, match="no connection has the uid Cx"):
        trace.connection(uid="Cx")
