"""Compares TCP options with the truth's table tcp_options: ``python tests/conformance/options.py [--rebuild] [--table tcp_options]``.

The rules are compare.py's; here is only the reading of another table, whose rows are the frames that have any of its columns.
"""

from __future__ import annotations

import argparse
import sys

import compare
import pyarrow.parquet as pq

from unwire import _engine


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", default="tcp_options")
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--column")
    options = parser.parse_args()
    schema = _engine.Schema.built_in()
    if options.rebuild:
        from unwire.declare.build import build

        schema = _engine.Schema.load(build())
    table = {(row["capture"], int(row["frame.number"])): row for row in pq.read_table(compare.KIT / "truth" / f"{options.table}.parquet").to_pylist()}
    known, names, report = {column["name"] for column in schema.columns()}, compare.declared(schema), compare.Report()
    columns = [name for name in next(iter(table.values())) if name in known and name not in compare.NOT_HERE]
    print("not declared:", " ".join(sorted(set(next(iter(table.values()))) - known - {"capture", "frame.number"})))
    for capture, rows in compare.truth_rows().items():
        if not any(key[0] == capture for key in table):
            continue
        rows = [row for row in rows if not (row["frame.protocols"] == "data" and row["frame.encap_type"] is None)]
        for row, got in zip(rows, compare.read(compare.KIT / "captures" / capture, schema, columns), strict=False):
            number = int(row["frame.number"] or 0)
            want = {**dict.fromkeys(columns), **table.get((capture, number), {}), **row}
            for one in compare.compare_frame(report, names, want, got):
                if options.column in (None, one.column) and report.different[one.column] < 4:
                    print(f"{capture}#{number} {one.column}\n    {row['frame.protocols']}\n    want {one.want[:150]!r}\n    got  {one.got[:150]!r}")
                report.different[one.column] += 1
    for column in columns:
        print(f"  {column:44} {report.cells[column]:8} compared {report.different[column]:6} different")
    sys.exit(bool(report.different))


if __name__ == "__main__":
    main()
