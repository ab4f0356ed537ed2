"""`unwire packets`: tshark's -e, -E and -c, every format, and -o."""

import io
import json
import os
import subprocess

import pytest
from commands import CAPTURES, OFFICE, run, spawn

pa = pytest.importorskip("pyarrow")
TINY = CAPTURES / "tiny.pcap"


def test_fields_are_tshark_s():
    found = run("packets", TINY, "-e", "frame.number", "-e", "ip.addr", "-c", 2)
    assert found.lines == ["1\t192.0.2.10,192.0.2.1", "2\t192.0.2.1,192.0.2.10"]


def test_layout():
    found = run(
        "packets",
        TINY,
        "-e",
        "frame.number",
        "-e",
        "ip.addr",
        "-c",
        1,
        *("-E", "header=y", "-E", "separator=;", "-E", "aggregator=/s", "-E", "quote=d"),
    )
    assert found.lines == ['"frame.number";"ip.addr"', '"1";"192.0.2.10 192.0.2.1"']


@pytest.mark.parametrize(("word", "address"), [("f", "192.0.2.10"), ("l", "192.0.2.1"), ("a", "192.0.2.10,192.0.2.1")])
def test_occurrence(word, address):
    assert run("packets", TINY, "-e", "ip.addr", "-c", 1, "-E", f"occurrence={word}").lines == [address]


def test_a_wrong_layout_is_usage():
    found = run("packets", TINY, "-e", "ip.addr", "-E", "quote=x")
    assert found.code == 1
    assert "'quote=x' is none of header=y|n" in found.err


def test_without_fields_other_formats_have_the_default_ones():
    lines = run("packets", TINY, "-c", 1, "-T", "tsv").lines
    assert lines[0].split()[:4] == ["frame.number", "frame.time", "frame.len", "frame.protocols"]
    assert lines[1].split()[:4] == ["1", "2026-11-21T05:56:40.082896000Z", "98", "eth:ethertype:ip:icmp"]


def test_json_is_one_array_and_jsonl_a_line_each():
    array = run("packets", OFFICE, "-e", "frame.number", "-e", "ip.src", "-T", "json").json
    lines = run("packets", OFFICE, "-e", "frame.number", "-e", "ip.src", "-T", "jsonl").lines
    assert array == [json.loads(line) for line in lines]
    assert len(array) == 573
    assert run("packets", OFFICE, "-c", 0, "-T", "json").json == []


def test_csv_has_a_header():
    assert run("packets", TINY, "-e", "frame.number", "-e", "ip.addr", "-T", "csv", "-c", 1).lines == [
        "frame.number,ip.addr",
        '1,"192.0.2.10,192.0.2.1"',
    ]


@pytest.mark.parametrize("files", [(TINY,), (TINY, OFFICE)])
def test_arrow_is_an_ipc_stream(tmp_path, files):
    assert run("packets", *files, "-e", "ip.src", "-T", "arrow", "-o", tmp_path / "out").code == 0
    table = pa.ipc.open_stream((tmp_path / "out").read_bytes()).read_all()
    assert table.num_rows == (6 if len(files) == 1 else 579)


def test_arrow_is_equal_for_any_number_of_workers():
    once, thrice = (spawn("packets", OFFICE, "-T", "arrow", "-j", n).stdout for n in (1, 3))
    assert once == thrice


def test_parquet(tmp_path):
    import pyarrow.parquet as pq

    assert run("packets", OFFICE, "-e", "frame.number", "-c", 5, "-o", tmp_path / "out.parquet").code == 0
    assert pq.read_table(tmp_path / "out.parquet").column(0).to_pylist() == [1, 2, 3, 4, 5]
    piped = spawn("packets", OFFICE, "-e", "frame.number", "-c", 0, "-T", "parquet").stdout
    assert pq.read_table(io.BytesIO(piped)).num_rows == 0


def test_an_unknown_field_suggests():
    found = run("packets", TINY, "-e", "ip.srcc")
    assert (found.code, found.out) == (1, "")
    assert found.err == "unwire: unknown field 'ip.srcc'; did you mean 'ip.src'?\n"


def test_out_appears_whole_and_is_not_replaced(tmp_path):
    out = tmp_path / "out.csv"
    assert run("packets", TINY, "-e", "ip.src", "-o", out).out == ""
    before = out.read_text()
    assert before.startswith("ip.src\n192.0.2.10\n")  # the name of the file says csv
    again = run("packets", TINY, "-e", "ip.dst", "-o", out)
    assert again.code == 1
    assert "--force" in again.err
    assert out.read_text() == before
    assert run("packets", TINY, "-e", "ip.dst", "-o", out, "--force").code == 0
    assert out.read_text().startswith("ip.dst\n")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("verb", ["summary", "packets"])
def test_an_out_that_cannot_be_is_refused_before_any_work(tmp_path, verb):
    (tmp_path / "out").touch()
    assert run(verb, tmp_path / "no capture", "-o", tmp_path / "out").code == 1
    found = run(verb, TINY, "-o", tmp_path / "none" / "out")
    assert (found.code, found.err) == (2, f"unwire: {tmp_path / 'none'}: no such folder\n")


def test_a_strict_loss_leaves_no_file(tmp_path):
    assert run("packets", CAPTURES / "torn.pcap", "-e", "ip.src", "-o", tmp_path / "out.csv", "--strict").code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_limit_is_the_tables_own():
    import unwire

    table = unwire.open(OFFICE).packets("frame.number")
    assert [row["frame.number"] for row in table.limit(3)] == [1, 2, 3]
    assert pa.table(table.limit(2)).num_rows == 2
    assert pa.table(table).num_rows == 573


def test_a_pipe_and_a_link_stay_what_they_are(tmp_path):
    table, link = tmp_path / "table.csv", tmp_path / "link.csv"
    table.write_text("old")
    link.symlink_to(table)
    assert run("packets", TINY, "-e", "ip.src", "-o", link, "--force").code == 0
    assert link.is_symlink()
    assert table.read_text().startswith("ip.src\n192.0.2.10\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
    assert run("packets", TINY, "-e", "ip.src", "-T", "csv", "-o", pipe, "--force").code == 0
    assert reader.communicate(timeout=20)[0].startswith("ip.src\n192.0.2.10\n")
    assert pipe.is_fifo()
