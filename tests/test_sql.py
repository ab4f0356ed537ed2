"""SQL over captures: answers agree with the tables', only what a statement needs is read, and a statement reads captures and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("duckdb")

import unwire
from cli.commands import OFFICE, run
from unwire.errors import UnwireError
from unwire.tables.logs import LogTable
from unwire.tables.sql import NAMES, Query


def test_answers_are_those_of_the_tables(office: Path) -> None:
    trace = unwire.open(office)
    counted = dict(trace.sql("select service, count(*) from conn group by service").fetchall())
    assert counted == Counter(row["service"] for row in trace.conn())
    joined = trace.sql("select c.uid, d.query from conn c join dns d using (uid)").fetchall()
    assert sorted(joined) == sorted((row["uid"], row["query"]) for row in trace.dns())
    ((total,),) = trace.sql('select sum("frame.len") from packets where "tcp.dstport" = 80').fetchall()
    assert total == sum(row["frame.len"] for row in trace.packets("frame.len", "tcp.dstport") if row["tcp.dstport"] == 80)
    assert trace.sql("select count(*) from packets").fetchall() == [(len(trace),)]
    assert trace.sql("select count(*) from conn a join conn b using (uid)").fetchall() == [(len(list(trace.conn())),)]
    ((rtt,),) = trace.sql("select max(rtt) from dns").fetchall()
    assert rtt == pytest.approx(max(row["rtt"] for row in trace.dns() if row["rtt"] is not None))


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ('select "ip.src" from packets', ["ip.src"]),
        ('select count(*) from packets where "tcp.port" is not null', ["tcp.port"]),
        ('with x as (select "frame.len" as size, "ip.src" as who from packets) select max(size) from x', ["frame.len"]),
        ('select "ip.src" from packets where "udp.length" > 10 order by "frame.time_epoch"', ["frame.time_epoch", "ip.src", "udp.length"]),
    ],
)
def test_of_packets_only_the_columns_are_read_that_are_needed(statement: str, columns: list[str], office: Path) -> None:
    query = Query(unwire.open(office), statement)
    assert sorted(query.tables["packets"].columns) == columns
    assert sum(batch.num_rows for batch in query.batches()) > 0
    query.close()


def test_only_the_tables_are_read_that_are_named(office: Path) -> None:
    query = Query(unwire.open(office), "select mime_type from files")
    (files,) = query.tables.values()
    assert isinstance(files, LogTable)
    assert not files._hashes
    assert Query(unwire.open(office), "select sha256 from files").tables["files"]._hashes  # type: ignore[attr-defined]
    assert Query(unwire.open(office), "select 'conn', 1").tables == {}


@pytest.mark.parametrize("name", NAMES)
def test_all_columns_of_all_tables(name: str, office: Path) -> None:
    relation = unwire.open(office).sql(f"select * from {name}")
    assert relation.columns == list((Query(unwire.open(office), f"from {name}")._empty(name)).schema.names)
    assert relation.count("*").fetchall() == unwire.open(office).sql(f"select count(*) from {name}").fetchall()


def test_lists_of_texts_are_those_of_the_tables(office: Path) -> None:
    found = [row["dns.a"] for row in unwire.open(office).packets("dns.a")]
    assert [one for (one,) in unwire.open(office).sql('select "dns.a" from packets').fetchall()] == found
    assert any(found)


def test_which_tables_and_columns_there_are(office: Path) -> None:
    assert [row["name"] for row in run("sql", OFFICE, "show tables", "--json").json] == sorted(NAMES)
    told = {row["column_name"]: row["column_type"] for row in run("sql", OFFICE, "describe conn;", "--json").json}
    assert list(told) == unwire.open(office).conn().columns
    assert told["ts"] == "TIMESTAMP_NS"
    packets = {row["column_name"]: row["column_type"] for row in run("sql", OFFICE, "describe packets", "--json").json}
    assert packets["dns.a"] == "VARCHAR[]"
    assert Query(unwire.open(office), "describe packets").tables == {}


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("select ip.src from packets", 'names with dots stand between double quotes: "ip.src"'),
        ("select p.ip.src from packets p", 'names with dots stand between double quotes: "ip.src"'),
        ("select ip.srcc from packets", "names with dots stand between double quotes; did you mean 'ip.src'?"),
        ("select id.orig_h from conn", 'names with dots stand between double quotes: "id.orig_h"'),
        ('select "ip.srcc" from packets', "did you mean 'ip.src'?"),
        ("select servic from conn", "did you mean 'service'?"),
        ("select * from packet", "did you mean 'packets'?"),
    ],
)
def test_what_is_misspelt_is_told(statement: str, hint: str, office: Path) -> None:
    with pytest.raises(UnwireError) as caught:
        Query(unwire.open(office), statement)
    assert str(caught.value).endswith(f"; {hint}")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from nothing",
        "copy conn to '/tmp/unwire-must-not-be'",
        "select * from read_text('/etc/hostname')",
        "select * from '/etc/hostname'",
        "attach '/tmp/unwire-must-not-be'",
        "select 1; select 2",
        "drop table conn",
        "select * from statement",
        "install httpfs",
        "set enable_external_access = true",
        "select nothing from conn",
        "selec",
    ],
)
def test_a_statement_asks_captures_and_nothing_else(statement: str, office: Path) -> None:
    with pytest.raises(UnwireError):
        list(Query(unwire.open(office), statement).batches())
    assert not Path("/tmp/unwire-must-not-be").exists()
    assert run("sql", OFFICE, statement).code == 2


def test_the_verb_writes_all_forms(tmp_path: Path) -> None:
    statement = "select service, count(*) as n from conn where service is not null group by service order by service"
    assert run("sql", OFFICE, statement, "-T", "csv").lines == ["service,n", "dns,30", "http,14", "ssl,6", "vxlan,10"]
    assert run("sql", OFFICE, statement).lines[0].split() == ["service", "n"]
    assert run("sql", OFFICE, statement, "--json").json[0] == {"service": "dns", "n": 30}
    assert json.loads(run("sql", "-e", statement, OFFICE, "-T", "jsonl").lines[-1]) == {"service": "vxlan", "n": 10}
    for form in ("arrow", "parquet"):
        out = tmp_path / f"x.{form}"
        assert run("sql", OFFICE, statement, "-T", form, "-o", out).code == 0
        assert out.stat().st_size > 100
    assert run("sql", OFFICE).code == 1
    times = run("sql", OFFICE, "select ts, answers from dns limit 1", "--json").json[0]
    assert times["ts"].startswith("2026-11-21 06:01:")
    assert times["answers"] == ["192.0.2.1"]


def test_filters_choose_the_packets(office: Path) -> None:
    ((count,),) = unwire.open(office).filter("udp").sql("select count(*) from packets").fetchall()
    assert count == sum(1 for row in unwire.open(office).packets("udp.port") if row["udp.port"] is not None)
