"""Streams and what needs the packets before: bytes, gaps, order, caps; columns and filters of the ordered pass; datagrams in fragments."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

import unwire
from conftest import ROOT
from test_conn import CLIENT, SERVER, pcap, udp
from unwire.capture.streams import End
from unwire.filters import compiled

CAPTURES = ROOT / "tests" / "captures"
STREAMS = str(CAPTURES / "streams.pcap")
REQUEST = b"GET /streams HTTP/1.1\r\nHost: example.org\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + bytes(range(250)) * 12


def streams(*numbers: int, **options: object) -> dict[int, unwire.Stream]:
    return {stream.number: stream for stream in unwire.open(STREAMS).streams(*numbers, **options)}  # type: ignore[arg-type]


def test_both_sides_are_in_order_and_what_is_missing_is_told() -> None:
    stream = streams()[0]
    assert (stream.client.bytes, stream.client.how, stream.client.repeated, stream.client.early) == (REQUEST, "finished", 20, 1)
    assert (stream.server.bytes, stream.server.missing) == (RESPONSE[:1000] + RESPONSE[2000:], 1000)
    assert stream.server.gaps == [(1000, unwire.Gap("server", 1000, True, "closed"))]
    assert (str(stream.client.end), str(stream.server.end), stream.packets) == ("10.0.0.1:40000", "10.0.0.2:80", 12)


def test_every_byte_has_its_packet() -> None:
    chunks = [told for told in streams()[0].chunks if isinstance(told, unwire.Chunk)]
    assert [(chunk.sender, chunk.frame, len(chunk.bytes)) for chunk in chunks[:3]] == [("client", 5, 20), ("client", 4, 24), ("server", 7, 1000)]
    frames = {frame.number: frame for frame in unwire.open(STREAMS)}
    for chunk in chunks:
        assert chunk.bytes in bytes(frames[chunk.frame]) and chunk.time_ns == frames[chunk.frame].time_ns


def test_reused_ports_resets_and_the_middle_of_a_stream() -> None:
    found = streams()
    assert sorted(found) == [0, 1, 2]
    assert (found[1].client.bytes, found[1].client.how, found[1].server.how) == (b"hello", "reset", "reset")
    assert (found[2].client.bytes, found[2].server.bytes) == (b"0123456789abcdeFG", b"echo")
    assert found[2].client.conflicts == 5
    assert streams(policy="last")[2].client.bytes == b"0123456789ABCDEFG"


def test_streams_are_chosen_by_number_ends_and_filter() -> None:
    trace = unwire.open(STREAMS)
    assert [stream.number for stream in trace.streams(1)] == [1]
    assert [stream.number for stream in trace.streams(ends=("10.0.0.2:80", "10.0.0.1:40000"))] == [0, 1]
    assert [stream.number for stream in trace.filter("tcp.flags.reset == 1").streams()] == [1]
    with pytest.raises(ValueError, match="no end of a stream"):
        trace.streams(ends=("10.0.0.1", "10.0.0.2:80"))
    with pytest.raises(TypeError):
        trace.streams("1")  # type: ignore[arg-type]
    assert End.parse("[2001:db8::1]:80") == End("2001:db8::1", 80)


def test_what_datagrams_say_is_followed(office: Path) -> None:
    rows = [row for row in unwire.open(office).packets("udp.stream", "udp.length", "frame.number", "stop") if row["udp.stream"] is not None]
    streams = list(unwire.open(office).streams(transport="udp"))
    assert [stream.number for stream in streams] == sorted({row["udp.stream"] for row in rows})
    for stream in streams:
        told = {chunk.frame: len(chunk.bytes) for chunk in stream.chunks if isinstance(chunk, unwire.Chunk)}
        known = {row["frame.number"]: row["udp.length"] - 8 for row in rows if row["udp.stream"] == stream.number and row["udp.length"] > 8}
        assert {frame: size for frame, size in told.items() if frame in known} == {frame: known[frame] for frame in told if frame in known}
        assert len(told) == stream.packets and (stream.client.size, stream.server.size) == (len(stream.client.bytes), len(stream.server.bytes))
    one = streams[3]
    (again,) = unwire.open(office).streams(ends=(str(one.server.end), str(one.client.end)), transport="udp")
    assert (again.number, again.client.bytes) == (one.number, one.client.bytes)
    with pytest.raises(ValueError, match="transport is 'tcp' or 'udp'"):
        unwire.open(office).streams(transport="sctp")  # type: ignore[arg-type]


def test_a_cut_datagram_lacks_its_rest() -> None:
    frame = udp(CLIENT, SERVER, b"x" * 100)
    (stream,) = unwire.open(pcap([(1.0, frame)], snaplen=82)).streams(transport="udp")
    assert (stream.client.bytes, stream.client.missing, stream.client.gaps[0][0]) == (b"x" * 40, 60, 40)


def test_caps_cut_and_are_counted() -> None:
    found = unwire.open(STREAMS).streams(connection_cap=100)
    gaps = {stream.number: [gap.why for _, gap in stream.server.gaps] for stream in found}
    assert gaps[0] == ["connection cap"]
    assert found.caps[0] > 0


def test_cut_and_flipped_captures_hand_out_every_stream_once() -> None:
    whole = Path(STREAMS).read_bytes()
    for at in range(24, len(whole), 97):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            found = [(stream.number, stream.part) for stream in unwire.open(damaged).streams()]
            assert len(found) == len(set(found))
            list(unwire.open(damaged).packets("tcp.seq", "tcp.analysis", "udp.stream", reassemble=True).batches())


COLUMNS = ("frame.number", "tcp.stream", "tcp.seq", "tcp.ack", "tcp.window_size", "udp.stream", "frame.time_delta", "tcp.time_relative")


def test_columns_of_the_ordered_pass() -> None:
    rows = list(unwire.open(STREAMS).packets(*COLUMNS, "tcp.analysis.out_of_order", "tcp.analysis.acks_frame", "tcp.analysis.initial_rtt"))
    assert [row["tcp.stream"] for row in rows] == [0] * 12 + [1] * 4 + [2] * 5 + [None, None, 3]
    assert [row["udp.stream"] for row in rows][-3:] == [0, 0, None]
    assert [row["tcp.seq"] for row in rows[:6]] == [0, 0, 1, 21, 1, 1]
    assert rows[2]["tcp.window_size"] == 501 << 7
    assert [row["frame.number"] for row in rows if row["tcp.analysis.out_of_order"]] == [5]
    assert rows[2]["tcp.analysis.acks_frame"] == 2


@pytest.mark.parametrize("columns", [COLUMNS, ("tcp.analysis", "tcp.analysis.flags", "tcp.analysis.bytes_in_flight", "tcp.time_delta")])
def test_the_number_of_workers_does_not_show(columns: tuple[str, ...]) -> None:
    office = str(ROOT / "examples" / "office.pcapng")
    hashes = set()
    for workers in (1, 2, 3, 8):
        table = unwire.open([office, STREAMS]).packets(*columns, workers=workers, where="tcp.stream > 0 or udp.stream", reassemble=True)
        hashes.add(hashlib.sha256(b"".join(table.ipc())).hexdigest())
    assert len(hashes) == 1


def test_filters_of_the_ordered_pass() -> None:
    trace = unwire.open(STREAMS)

    def numbers(expression: str) -> list[int]:
        return [row["frame.number"] for row in trace.packets("frame.number", where=expression)]

    assert numbers("tcp.stream == 1") == [13, 14, 15, 16]
    assert numbers("tcp.analysis.lost_segment") == [4, 8]
    assert numbers("tcp.seq == 21 and not tcp.analysis.out_of_order") == [4]
    assert numbers("frame.time_relative > 0.215") == [23, 24]
    assert [frame.number for frame in trace.filter("tcp.stream == 1")] == [13, 14, 15, 16]
    assert [record.number for record in trace.filter("tcp.stream == 1").records()] == [13, 14, 15, 16]
    with pytest.raises(unwire.FilterError, match="packets before"):
        compiled.compile("tcp.stream == 1").matches(next(iter(trace)))
    with pytest.raises(unwire.FilterError, match="displayed"):
        compiled.compile("frame.time_delta_displayed > 1")


def test_times_between_displayed_rows() -> None:
    table = unwire.open(STREAMS).packets("frame.time_delta_displayed", where="tcp.stream == 1 or udp", workers=8)
    lines = [json.loads(line)["frame.time_delta_displayed"] for batch in table.batches() for line in bytes(batch.text("jsonl")).splitlines()]
    assert [round(float(line), 6) for line in lines] == [0, 0.01, 0.01, 0.01, 0.06, 0.01]


def test_fragments_are_put_together_on_the_last_one() -> None:
    path = str(CAPTURES / "fragments.pcap")
    apart = list(unwire.open(path).packets("frame.number", "frame.protocols", "udp.length", "ip.frag_offset"))
    together = list(unwire.open(path).packets("frame.number", "frame.protocols", "udp.length", "ip.frag_offset", reassemble=True))
    assert [row["ip.frag_offset"] for row in apart] == [row["ip.frag_offset"] for row in together]
    assert sum(row["udp.length"] is not None for row in together) <= sum(row["udp.length"] is not None for row in apart)
    changed = [(one, other) for one, other in zip(apart, together, strict=True) if one != other]
    assert changed


def test_the_examples_of_the_page_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "streams.md").read_text(encoding="utf-8"), re.DOTALL)
    for block in blocks:
        exec(compile(block, "docs/streams.md", "exec"), names)
    assert len(blocks) >= 4
    assert "10.0.0.1:40000" in capsys.readouterr().out
