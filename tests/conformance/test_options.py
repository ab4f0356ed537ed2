"""The truth's table of TCP options agrees in every column it has, and every option area of the public captures reads and builds to the same bytes."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import unwire
from unwire import _engine
from unwire.declare import Numbers
from unwire.dpkt import UnpackError
from unwire.dpkt.tcp import TCP
from unwire.protocols.mptcp import MPTCPCapable, MPTCPJoinSYN, token_and_idsn
from unwire.protocols.mptcp_data import MPTCPDSS

sys.path.insert(0, str(Path(__file__).parent))


def test_columns_equal_tshark(kit: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import compare
    import differences
    import pyarrow.parquet as pq

    schema = _engine.Schema.built_in()
    truth = pq.read_table(kit / "truth" / "tcp_options.parquet").to_pylist()
    table = {(row["capture"], int(row["frame.number"])): row for row in truth}
    columns = [name for name in truth[0] if name not in ("capture", "frame.number")]
    assert not set(columns) - {column["name"] for column in schema.columns()}
    names, report, pieces = compare.declared(schema), compare.Report(), differences.fragments()
    explained: Counter[str] = Counter()
    found = []
    for capture, rows in compare.truth_rows().items():
        if not any(key[0] == capture for key in table):
            continue
        rows = [row for row in rows if not (row["frame.protocols"] == "data" and row["frame.encap_type"] is None)]
        for row, got in zip(rows, compare.read(kit / "captures" / capture, schema, columns), strict=False):
            number = int(row["frame.number"] or 0)
            want = {**dict.fromkeys(columns), **table.get((capture, number), {}), **row}
            for one in compare.compare_frame(report, names, want, got):
                if one.column == "tcp.options.mptcp.checksum" and not one.want:
                    explained["tshark shows the checksum of a data sequence signal only where it has seen it negotiated"] += 1
                elif (capture, number) in pieces:
                    explained["the truth was made with reassembly of datagrams"] += 1
                else:
                    found.append((capture, number, one.column, one.want, one.got))
    assert not found, found[:20]
    assert sum(report.cells.values()) > 100_000
    assert dict(explained) == {
        "tshark shows the checksum of a data sequence signal only where it has seen it negotiated": 153,
        "the truth was made with reassembly of datagrams": 17,
    }


def pairs(path: Path) -> Any:
    """Segments with options, each behind the layer below."""
    classes = Numbers("link")
    for record in unwire.open(path).records():
        try:
            packet = classes.get(record.link_type, lambda data: None)(record.data)
        except UnpackError:
            continue
        for below, layer in pairwise(packet.layers if packet is not None else ()):
            if isinstance(layer, TCP) and layer.opts:
                yield below, layer


def segments(path: Path) -> Any:
    return (tcp for _, tcp in pairs(path))


def test_every_option_area_reads_and_builds_to_the_same_bytes(kit: Path, captures: Path) -> None:
    areas = bad = kinds = 0
    for path in [*sorted((kit / "captures").iterdir()), *sorted(captures.glob("*.pcap*"))]:
        for tcp in segments(path):
            areas += 1
            options = tcp.options
            kinds += len(options.all)
            assert tcp.opts.startswith(b"".join(map(bytes, options.all)))
            if options.bad:
                bad += 1
                continue
            made = [type(one)(**dict(one._said())) for one in options.all]
            assert made == options.all, path
            if options.packed == tcp.opts:
                assert TCP(options=made).opts == tcp.opts == TCP(options=options).opts, path
    print(areas, kinds, bad)
    assert areas > 25_000 and kinds > 80_000 and bad < 60


def test_multipath_tcp_is_typed_and_its_tokens_follow_from_its_keys(kit: Path) -> None:
    subtypes: set[int] = set()
    for path in sorted((kit / "captures").glob("*mptcp*")):
        keys, tokens = {}, set()
        for tcp in segments(path):
            for option in tcp.options.getlist(30):
                subtypes.add(int(option.subtype))
                assert type(option).__name__ not in ("BadOption", "MPTCPUnknown")
                if isinstance(option, MPTCPCapable) and option.skey is not None:
                    keys[option.token] = (option.skey, option.version)
                    assert (option.token, option.idsn) == token_and_idsn(option.skey, option.version)
                    if option.rkey is not None:
                        keys[token_and_idsn(option.rkey, option.version)[0]] = (option.rkey, option.version)
                elif isinstance(option, MPTCPJoinSYN):
                    tokens.add(option.token)
        assert tokens <= set(keys), path
    assert {0, 1, 2, 3} <= subtypes, subtypes


def test_the_first_data_comes_behind_the_initial_number_of_the_handshake(kit: Path, captures: Path) -> None:
    """RFC 8684 section 3.1: a key says where its sender's data begins; of both versions, in both directions."""
    checked: Counter[int] = Counter()
    for path in [*sorted((kit / "captures").glob("*mptcp*")), captures / "mptcp.pcap"]:
        begins: dict[Any, tuple[int, int]] = {}
        seen = set()
        for below, tcp in pairs(path):
            here, there = (bytes(below.src), tcp.sport), (bytes(below.dst), tcp.dport)
            for option in tcp.options.getlist(30):
                if isinstance(option, MPTCPCapable) and option.skey is not None:
                    begins[here, there] = option.idsn, option.version
                    if option.rkey is not None:
                        begins[there, here] = token_and_idsn(option.rkey, option.version)[1], option.version
                    if option.dl_len is not None:
                        seen.add((here, there))
                elif isinstance(option, MPTCPDSS) and option.dsn is not None and (here, there) in begins and (here, there) not in seen:
                    seen.add((here, there))
                    begin, version = begins[here, there]
                    assert (begin + 1 - option.dsn) % (1 << (64 if option.long_dsn else 32)) == 0, path
                    checked[version] += 1
    assert checked[0] >= 2 and checked[1] >= 3, checked
