"""Compares the columns of `packets` with tshark's reading of the public captures in ../shared/conformance.

Here live the rules of the comparison. What legitimately differs, and why, is in differences.py. As a program, it prints what differs:
``python tests/conformance/compare.py [--glob 'tcpdump__*'] [--column ip.len] [--rebuild]``.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from unwire import _engine

KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance"
VALUES = "\x1f"
CELLS = "\x1e"

#: Columns that are Wireshark's own, and those of the ordered pass, which stateful.py compares with datagrams put together.
NOT_HERE = frozenset({"tcp.stream", "udp.stream", "frame.encap_type", "_ws.malformed"})
#: Protocols that streams say and no frame alone has; messages.py compares them.
_SAID = frozenset({"http", "quic", "tls"})
#: One value per frame, whatever its layers.
OF_FRAME = frozenset({"frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_id"})


@dataclass
class Difference:
    """One cell that is not what tshark printed."""

    capture: str
    frame: int
    column: str
    want: str
    got: str
    truth: dict[str, str | None]
    stop: str = ""


@dataclass
class Report:
    """What was compared: per column the non-null cells and the differences; per undeclared protocol the frames it ended."""

    cells: Counter[str] = field(default_factory=Counter)
    different: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    undeclared: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    captures: int = 0


def declared(schema: _engine.Schema) -> frozenset[str]:
    """Return every name that frame.protocols of this schema can hold."""
    names: set[str] = set()
    for cls in schema.classes():
        layer = schema.layer(cls)
        if layer["name"]:
            names.add(layer["name"])
        names.update(layer["via"])
    return frozenset(names - _SAID)


def truth_rows(glob: str = "*") -> dict[str, list[dict[str, str | None]]]:
    """Return tshark's rows by capture; fragments as they are read without reassembly."""
    rows: dict[str, list[dict[str, str | None]]] = defaultdict(list)
    for row in pq.read_table(KIT / "truth" / "packets.parquet").to_pylist():
        if fnmatch.fnmatch(row["capture"], glob):
            row["frame.number"] = str(row["frame.number"])
            rows[row["capture"]].append(row)
    return rows


def read(path: Path, schema: _engine.Schema, columns: list[str]) -> Iterator[dict[str, str]]:
    """Yield our rows as text, all occurrences."""
    for batch in _engine.Stream([_engine.Source(str(path))], schema, columns, "all"):
        for line in bytes(batch.text("fields", CELLS, VALUES)).decode().split("\n")[:-1]:
            yield dict(zip(columns, line.split(CELLS), strict=True))


def columns_for(schema: _engine.Schema, truth: dict[str, str | None]) -> list[str]:
    """Return the columns of the truth that the schema has."""
    known = {column["name"] for column in schema.columns()}
    return [name for name in truth if name in known and name not in NOT_HERE and name != "frame.number"] + ["stop"]


def compare_frame(report: Report, names: frozenset[str], want: dict[str, str | None], got: dict[str, str]) -> Iterator[Difference]:
    """Yield the cells of one frame that differ."""
    chain = (want["frame.protocols"] or "").split(":")
    ends = next((at for at, name in enumerate(chain) if name not in names), len(chain))
    if ends < len(chain):
        report.undeclared[chain[ends]] += 1
    malformed = want["_ws.malformed"] is not None
    for column, mine in got.items():
        if column == "stop":
            continue
        theirs = want[column] or ""
        if column == "frame.protocols":
            same = agree(chain[:ends], mine.split(":") if mine else [], whole=not malformed)
        elif column in OF_FRAME:
            same = theirs == mine
        else:
            # Beyond a protocol that is not declared tshark may find more of the same fields.
            partial = ends < len(chain) or malformed
            a, b = theirs.split(VALUES) if theirs else [], mine.split(VALUES) if mine else []
            same = agree(a, b, whole=False) and (malformed or len(b) <= len(a)) if partial else a == b
        if theirs or mine:
            report.cells[column] += 1
        if not same:
            yield Difference(str(want["capture"]), int(want["frame.number"] or 0), column, theirs, mine, want, got.get("stop", ""))


def agree(theirs: list[str], mine: list[str], *, whole: bool) -> bool:
    """Return whether two lists of values are equal, or, if not `whole`, equal as far as both go."""
    if whole:
        return theirs == mine
    shared = min(len(theirs), len(mine))
    return theirs[:shared] == mine[:shared]


def compare(schema: _engine.Schema, glob: str = "*") -> Report:
    """Compare every capture that matches."""
    from differences import explain, fragments  # beside this file

    report, names = Report(), declared(schema)
    unassembled = fragments()
    for capture, rows in truth_rows(glob).items():
        columns = columns_for(schema, rows[0])
        # tshark shows pcapng's custom blocks as frames.
        rows = [row for row in rows if not (row["frame.protocols"] == "data" and row["frame.encap_type"] is None)]
        mine = list(read(KIT / "captures" / capture, schema, columns))
        report.captures += 1
        if len(mine) != len(rows):
            difference = Difference(capture, 0, "frames", str(len(rows)), str(len(mine)), rows[0])
            if (reason := explain(difference)) is None:
                report.differences.append(difference)
            else:
                report.explained[reason] += 1
        for want, got in zip(rows, mine, strict=False):
            want = {**want, **unassembled.get((capture, int(want["frame.number"] or 0)), {})}
            report.frames += 1
            for difference in compare_frame(report, names, want, got):
                if (reason := explain(difference)) is None:
                    report.different[difference.column] += 1
                    report.differences.append(difference)
                else:
                    report.explained[reason] += 1
    return report


def main() -> None:
    """Print what differs, grouped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--glob", default="*")
    parser.add_argument("--column")
    parser.add_argument("--rebuild", action="store_true", help="read the protocol files instead of the engine's built-in schema")
    parser.add_argument("-n", type=int, default=60)
    options = parser.parse_args()
    schema = _engine.Schema.built_in()
    if options.rebuild:
        from unwire.declare.build import build

        schema = _engine.Schema.load(build())
    report = compare(schema, options.glob)
    print(f"{report.captures} captures, {report.frames} frames")
    for column in sorted(report.cells):
        print(f"  {column:28} {report.cells[column]:8} compared {report.different[column]:6} different")
    print("undeclared:", ", ".join(f"{name} {count}" for name, count in report.undeclared.most_common(50)))
    print("explained:", dict(report.explained))
    seen: Counter[tuple[str, str]] = Counter()
    for one in report.differences:
        if options.column and one.column != options.column:
            continue
        key = (one.column, (one.truth["frame.protocols"] or "")[:60])
        seen[key] += 1
        if seen[key] <= 2 and sum(seen.values()) < options.n * 40 and len(seen) <= options.n:
            print(
                f"{one.capture}#{one.frame} {one.column}\n    {one.truth['frame.protocols']}\n    want {one.want[:150]!r}\n    got  {one.got[:150]!r}"
            )
    print(f"{len(report.differences)} differences in {len(seen)} groups; largest: {seen.most_common(25)}")
    sys.exit(bool(report.differences))


if __name__ == "__main__":
    main()
