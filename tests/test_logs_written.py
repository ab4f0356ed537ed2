"""`unwire logs`: all logs in one pass, as files that appear whole or not at all, each the same as the verb of its name prints; and what files hold,
written out under names that nobody can choose.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pyarrow.parquet
import pytest

import unwire
from cli.commands import CAPTURES, OFFICE, run
from test_conn import ACK, PSH, c, pcap, s
from test_conn import HANDSHAKE as OPENING
from unwire import _engine
from unwire.cli import VERBS
from unwire.tables import logs

LOGS = ("conn", "dns", "http", "ssl", "x509", "files")


def body(text: bytes) -> bytes:
    """Return a log without the lines that tell when it was written."""
    return b"".join(line for line in text.splitlines(keepends=True) if not line.startswith((b"#open", b"#close")))


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_every_log_is_what_its_verb_prints(tmp_path: Path, workers: int) -> None:
    assert run("logs", OFFICE, "--dir", tmp_path, "-j", workers).code == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"{log}.log" for log in LOGS}
    for log in LOGS:
        assert body((tmp_path / f"{log}.log").read_bytes()) == body(run(log, OFFICE, "-T", "zeek").out.encode()), log


def test_every_log_is_a_verb_a_table_and_sql_s() -> None:
    assert set(LOGS) | {"quic", "weird"} == {"conn", *logs.LOGS}
    for log in logs.LOGS:
        table = getattr(unwire.open(OFFICE), log)()
        assert log in VERBS and run(log, "--help").out and set(shown_of(log)) <= set(table.columns)


def shown_of(log: str) -> list[str]:
    return next(shown for name, _, shown in _engine.logs_there_are() if name == log)


def test_the_head_is_zeek_s(tmp_path: Path) -> None:
    run("logs", OFFICE, "--dir", tmp_path, "--only", "dns")
    head = (tmp_path / "dns.log").read_text(encoding="utf-8").splitlines()
    assert head[:5] == ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tdns"]
    assert re.fullmatch(r"#open\t\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d", head[5])
    assert head[6].split("\t")[:8] == ["#fields", "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto"]
    assert head[7].split("\t")[:8] == ["#types", "time", "string", "addr", "port", "addr", "port", "enum"]
    assert head[-1].startswith("#close\t")


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (b"User-Agent: a, b \\x41", "user_agent", r"a, b \x5cx41"),
        (b"User-Agent: -", "user_agent", r"\x2d"),
        (b"User-Agent: --", "user_agent", "--"),
        (b"User-Agent: (empty)", "user_agent", r"\x28empty)"),
        (b"User-Agent:", "user_agent", "(empty)"),
        (b"User-Agent: \x1b[31m\x7f\xc2\x9b", "user_agent", r"\x1b[31m\x7f\xc2\x9b"),
        ("User-Agent: zoë".encode(), "user_agent", "zoë"),
        (b"Via: 1.1 one, 1.1 two", "proxied", r"VIA -> 1.1 one\x2c 1.1 two"),
        (b"Accept: all", "proxied", "-"),
    ],
)
def test_texts_are_escaped_as_zeek_escapes_them(line: bytes, column: str, expected: str) -> None:
    request = b"GET / HTTP/1.1\r\nHost: a.example\r\n" + line + b"\r\n\r\n"
    capture = pcap(list(enumerate([*OPENING, c(ACK | PSH, 1, 1, request)])))
    lines = b"".join(unwire.open(capture).http().zeek()).decode().splitlines()
    names = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    row = next(line for line in lines if not line.startswith("#")).split("\t")
    assert row[names.index(column)] == expected


def test_other_forms(tmp_path: Path) -> None:
    written = unwire.open(OFFICE).logs(tmp_path / "jsonl", format="jsonl")
    lines = (tmp_path / "jsonl" / "http.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == written.rows["http"]
    assert json.loads(lines[0])["method"] == "GET"
    assert run("logs", OFFICE, "--dir", tmp_path / "json", "--json").code == 0
    assert len(json.loads((tmp_path / "json" / "http.json").read_text(encoding="utf-8"))) == written.rows["http"]
    run("logs", OFFICE, "--dir", tmp_path / "parquet", "-T", "parquet", "--only", "conn,ssl")
    assert pyarrow.parquet.read_table(tmp_path / "parquet" / "ssl.parquet").num_rows == written.rows["ssl"]


def test_files_appear_when_all_are_whole(tmp_path: Path) -> None:
    torn = CAPTURES / "torn.pcap"
    strict = run("logs", torn, "--dir", tmp_path, "--strict")
    assert (strict.code, list(tmp_path.iterdir())) == (2, [])
    partly = run("logs", torn, "--dir", tmp_path)
    assert partly.code == 3
    assert "torn_tail" in partly.err
    before = (tmp_path / "conn.log").read_bytes()
    again = run("logs", OFFICE, "--dir", tmp_path)
    assert again.code == 1
    assert "exists" in again.err
    assert (tmp_path / "conn.log").read_bytes() == before
    assert run("logs", OFFICE, "--dir", tmp_path, "--force").code == 0
    assert (tmp_path / "conn.log").read_bytes() != before
    # A log that has no rows now is not left from another run.
    assert run("logs", torn, "--dir", tmp_path, "--force").code == 3
    assert (tmp_path / "ssl.log").read_text(encoding="utf-8").count("\n") == 9


def test_wrong_usage(tmp_path: Path) -> None:
    assert run("logs", OFFICE).code == 1
    assert run("logs", OFFICE, "--dir", tmp_path, "-o", "x").code == 1
    unknown = run("logs", OFFICE, "--dir", tmp_path, "--only", "conn,smtp")
    assert (unknown.code, list(tmp_path.iterdir())) == (1, [])
    assert "smtp" in unknown.err
    assert run("logs", tmp_path / "none.pcap", "--dir", tmp_path).code == 2
    with pytest.raises(ValueError, match="zeek, json, jsonl, parquet"):
        unwire.open(OFFICE).logs(tmp_path, format="xml")  # type: ignore[arg-type]


def test_what_files_hold_is_written(tmp_path: Path) -> None:
    out = tmp_path / "carried"
    rows = {row["extracted"]: row for row in unwire.open(OFFICE).files(extract=out)}
    assert len(rows) > 10
    assert {path.name for path in out.iterdir()} == set(rows)
    for name, row in rows.items():
        content = (out / name).read_bytes()
        assert re.fullmatch(r"extract-\d+\.\d{6}-HTTP-F[0-9A-Za-z]+", name)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (row["sha256"], row["extracted_size"])
        assert row["extracted_cutoff"] is False
    # A folder with something in it is not written to, unless asked.
    assert run("files", OFFICE, "--extract", out).code == 2
    assert run("logs", OFFICE, "--dir", tmp_path / "logs", "--extract", tmp_path / "more").code == 0
    assert len(list((tmp_path / "more").iterdir())) == len(rows)


def test_names_of_files_are_not_the_capture_s(tmp_path: Path) -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="../../etc/passwd"\r\nContent-Length: 4\r\n\r\nroot'
    ask = b"GET / HTTP/1.1\r\n\r\n"
    packets = [*OPENING, c(ACK | PSH, 1, 1, ask), s(ACK | PSH, 1, 1 + len(ask), answer)]
    capture = pcap([(at, packet) for at, packet in enumerate(packets)])
    (row,) = unwire.open(capture).files(extract=tmp_path / "out")
    assert (row["filename"], row["extracted_size"]) == ("../../etc/passwd", 4)
    assert [path.read_bytes() for path in (tmp_path / "out").iterdir()] == [b"root"]
