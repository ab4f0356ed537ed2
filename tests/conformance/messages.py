"""Compares the truth's tables of messages (dns …) with columns of `packets`: ``python tests/conformance/messages.py dns [--rebuild]``.

The rules are compare.py's; here is only the reading of other tables, whose rows are the frames that have any of their columns, and what may differ.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable

import compare
import pyarrow.parquet as pq

from unwire import _engine

Row = dict[str, str | None]


def _chain(row: Row) -> list[str]:
    return (row["frame.protocols"] or "").split(":")


def _other_port(row: Row) -> bool:
    ports = "\x1f".join(row[f"udp.{way}port"] or "" for way in ("src", "dst")).split("\x1f")
    return not {"53", "5353", "5355"} & set(ports)


#: Messages with names that are too long, or whose pointers lead nowhere.
_BAD_NAMES = {
    "PcapPlusPlus__clusterfuzz-testcase-FuzzTarget-5188876846235648",
    "PcapPlusPlus__clusterfuzz-testcase-minimized-FuzzTarget-5654053026791424",
    "nDPI__malformed_dns.pcap",
    "zeek__dns-invalid-names.pcap",
}


def _begins(theirs: str, mine: str) -> bool:
    return compare.agree(theirs.split(compare.VALUES) if theirs else [], mine.split(compare.VALUES) if mine else [], whole=False)


#: Reasons, in the order in which they are asked: column, what tshark printed, what is ours, the truth's row.
REASONS: dict[str, list[tuple[str, Callable[[str, str, str, Row], bool]]]] = {
    "dns": [
        (
            "a message over TCP that is not one segment is found in the stream; `packets` reads each frame alone",
            lambda _column, _want, got, row: "tcp" in _chain(row) and not got,
        ),
        (
            "tshark guesses from the content that datagrams of other ports are DNS",
            lambda _column, _want, got, row: "udp" in _chain(row) and _other_port(row) and not got,
        ),
        (
            "a message ends at a name that cannot be read; tshark goes on behind it",
            lambda _column, want, got, row: _begins(want, got) and row["capture"] in _BAD_NAMES,
        ),
    ],
}


def compare_table(schema: _engine.Schema, name: str) -> tuple[Counter[str], Counter[str], list[tuple[str, int, str, str, str]]]:
    """Return how many cells were compared, which differences have a reason, and those that have none."""
    from differences import fragments

    table = {(row["capture"], int(row["frame.number"])): row for row in pq.read_table(compare.KIT / "truth" / f"{name}.parquet").to_pylist()}
    known = {column["name"] for column in schema.columns()}
    columns = [one for one in next(iter(table.values())) if one in known and one not in {*compare.NOT_HERE, "frame.number"}]
    cells: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    found = []
    pieces = fragments()
    captures = {key[0] for key in table}
    for capture, rows in compare.truth_rows().items():
        if capture not in captures:
            continue
        rows = [row for row in rows if not (row["frame.protocols"] == "data" and row["frame.encap_type"] is None)]
        for row, got in zip(rows, compare.read(compare.KIT / "captures" / capture, schema, columns), strict=False):
            number = int(row["frame.number"] or 0)
            want = table.get((capture, number), {})
            malformed = row["_ws.malformed"] is not None
            for column in columns:
                theirs, mine = want.get(column) or "", got[column]
                cells[column] += bool(theirs or mine)
                same = theirs == mine
                if not same and malformed:
                    same = _begins(theirs, mine)
                if same:
                    continue
                if (capture, number) in pieces:
                    explained["the truth was made with reassembly of datagrams"] += 1
                elif why := next((why for why, holds in REASONS.get(name, ()) if holds(column, theirs, mine, row)), None):
                    explained[why] += 1
                else:
                    found.append((capture, number, column, theirs, mine))
    return cells, explained, found


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table")
    parser.add_argument("--rebuild", action="store_true")
    options = parser.parse_args()
    schema = _engine.Schema.built_in()
    if options.rebuild:
        from unwire.declare.build import build

        schema = _engine.Schema.load(build())
    cells, explained, found = compare_table(schema, options.table)
    different = Counter(one[2] for one in found)
    shown: Counter[str] = Counter()
    for capture, number, column, want, got in found:
        shown[column] += 1
        if shown[column] <= 6:
            print(f"{capture}#{number} {column}\n    want {want[:150]!r}\n    got  {got[:150]!r}")
    for column, count in cells.items():
        print(f"  {column:44} {count:8} compared {different[column]:6} different")
    print(dict(explained))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
