"""Compares the truth's tables of messages (dns, http, tls) with columns of `packets`: ``python tests/conformance/messages.py tls``.

A row of these tables is a frame that completes messages, and a cell has a value for each of them in order. Every frame of a capture that has such
rows is compared, so that what is found here alone counts, too. What may differ is in message_differences.py.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import compare
import pyarrow.parquet as pq

import unwire
from unwire import _engine
from unwire.dpkt.tcp import TCP

Row = dict[str, str | None]
#: Columns of the tables that are tshark's numbers of streams, which stateful.py compares.
_NOT_HERE = frozenset({"tcp.stream", "frame.number"})


@dataclass
class Cell:
    """One cell that differs: where, what tshark printed and what is here, and the frame in the truth of packets."""

    capture: str
    frame: int
    column: str
    want: str
    got: str
    row: Row
    #: What tshark says of the frame in the table, and what is here, by column.
    theirs: Row
    ours: dict[str, str]
    #: What tshark prints where it is told to put segments in order.
    reordered: str | None
    #: The stream's places and values in the column are the same on both sides but for the frames that they stand on.
    moved: bool
    #: What tshark's analysis says somewhere in the stream, by the ends of its columns' names.
    troubles: frozenset[str]
    #: tshark finds some message in the stream, or, without one, in the capture.
    spoken: bool

    @property
    def chain(self) -> list[str]:
        """The frame's protocols, from the outermost."""
        return (self.row["frame.protocols"] or "").split(":")

    @property
    def contradicts(self) -> bool:
        """Whether a side of the stream says the same octets twice, and otherwise."""
        number = stream(self.capture, self.frame)
        return bool(number) and contradicts(self.capture, number)


@dataclass
class Report:
    """Cells compared by column; differences by reason, with those that tshark alone, or in order, or that only we have; and those without."""

    cells: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    found: list[Cell] = field(default_factory=list)


@functools.cache
def troubles() -> dict[tuple[str, str], frozenset[str]]:
    """Return what tshark's analysis says of the segments of each stream, by capture and number."""
    table = pq.read_table(Path(__file__).with_name("stateful.parquet"))
    names = [name for name in table.column_names if name.startswith("tcp.analysis.")]
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in table.select(["capture", "tcp.stream", "tcp.seq", *names]).to_pylist():
        said = found[row["capture"], row["tcp.stream"] or ""]
        said |= {name.rpartition(".")[2] for name in names if row[name]}
        # Relative numbers of 2 GiB and more stand before the stream's beginning.
        said |= {"before"} if int((row["tcp.seq"] or "0").split(",")[0]) >= 1 << 31 else set()
    return {key: frozenset(said) for key, said in found.items()}


@functools.cache
def reordered() -> dict[tuple[str, int, str], str]:
    """Return what tshark prints where it is told to put segments in order, of cells where that is something else."""
    table = pq.read_table(Path(__file__).with_name("reordered.parquet")).to_pylist()
    return {(row["capture"], row["frame.number"], row["column"]): row["value"] for row in table}


@functools.cache
def contradicts(capture: str, number: str) -> bool:
    """Return whether a side of a stream says the same octets twice, and otherwise."""
    said: dict[tuple[object, int], int] = {}
    for frame in unwire.open(compare.KIT / "captures" / capture).filter(f"tcp.stream == {number}"):
        segment = next(one for one in frame.objects() if isinstance(one, TCP))
        for at, octet in enumerate(bytes(segment.data), segment.seq):
            if said.setdefault((segment.sport, at), octet) != octet:
                return True
    return False


@functools.cache
def _packets() -> dict[str, dict[int, Row]]:
    rows: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in pq.read_table(compare.KIT / "truth" / "packets.parquet").to_pylist():
        rows[row["capture"]][row["frame.number"]] = row
    return rows


@functools.cache
def rows_of(table: str) -> dict[tuple[str, int], Row]:
    """Return the rows of a table of the truth by capture and frame."""
    return {(row["capture"], int(row["frame.number"])): row for row in pq.read_table(compare.KIT / "truth" / f"{table}.parquet").to_pylist()}


@functools.cache
def spoken(table: str) -> frozenset[tuple[str, str]]:
    """Return capture and number of each stream of which a table has messages."""
    return frozenset((capture, row["tcp.stream"]) for (capture, _), row in rows_of(table).items() if row.get("tcp.stream"))


def stream(capture: str, frame: int) -> str:
    """Return tshark's number of the innermost stream of a frame, as text."""
    return (_packets()[capture][frame]["tcp.stream"] or "").split(compare.VALUES)[-1]


def cell(table: str, capture: str, frame: int, column: str, want: str, got: str, moved: frozenset[tuple[str, str]] = frozenset()) -> Cell:
    """Return a cell that differs with what is known of its frame."""
    row = _packets()[capture][frame]
    theirs = rows_of(table).get((capture, frame), {})
    key = (capture, stream(capture, frame))
    in_order = reordered().get((capture, frame, column))
    said = troubles().get(key, frozenset())
    return Cell(capture, frame, column, want, got, row, theirs, {}, in_order, (key[1], column) in moved, said, key in spoken(table))


def text(value: str) -> str:
    """Return text as it is compared: tshark's texts end at a zero, HTTP's have U+FFFD for octets beyond ASCII, and some are escaped."""
    parts = (part.split("\0")[0] for part in value.split(compare.VALUES))
    plain = compare.VALUES.join(parts)
    plain = re.sub(r"[^\x00-\x7f]+", "?", plain)
    return re.sub(r"[\b\f\n\r\t]", lambda found: "\\" + "bfnrt"["\b\f\n\r\t".index(found[0])], plain)


def read(capture: str, schema: _engine.Schema, columns: list[str], workers: int = 1) -> Iterator[dict[str, str]]:
    """Yield our rows as text, all occurrences, datagrams put together."""
    source = _engine.Source(str(compare.KIT / "captures" / capture))
    for batch in _engine.Stream([source], schema, columns, "all", workers, reassemble=True):
        for line in bytes(batch.text("fields", compare.CELLS, compare.VALUES)).decode().split("\n")[:-1]:
            yield dict(zip(columns, line.split(compare.CELLS), strict=True))


def only_moved(capture: str, mine: dict[int, dict[str, str]], name: str, columns: list[str]) -> frozenset[tuple[str, str]]:
    """Return numbers of streams and columns whose values are the same on both sides, whatever frames they stand on."""
    table = rows_of(name)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for number, ours in mine.items():
        theirs, key = table.get((capture, number), {}), stream(capture, number)
        for column in columns:
            counts[key, column].update(value for value in (theirs.get(column) or "").split(compare.VALUES) if value)
            counts[key, column].subtract(value for value in ours[column].split(compare.VALUES) if value)
    return frozenset(key for key, count in counts.items() if key[0] and not any(count.values()))


def compare_table(schema: _engine.Schema, name: str) -> Report:
    """Compare a table of the truth."""
    from message_differences import explain  # beside this file

    table = rows_of(name)
    known = {column["name"] for column in schema.columns()}
    columns = [one for one in next(iter(table.values())) if one in known and one not in _NOT_HERE]
    report = Report()
    for capture in sorted({capture for capture, _ in table}):
        frames = sorted(_packets()[capture].items())
        # tshark shows pcapng's custom blocks as frames.
        frames = [(number, row) for number, row in frames if not (row["frame.protocols"] == "data" and row["frame.encap_type"] is None)]
        mine = list(read(capture, schema, columns))
        moved = only_moved(capture, {number: ours for (number, _), ours in zip(frames, mine, strict=False)}, name, columns)
        for (number, _), ours in zip(frames, mine, strict=False):
            theirs = table.get((capture, number), {})
            for column in columns:
                want, got = theirs.get(column) or "", ours[column]
                report.cells[column] += bool(want or got)
                if want == got or text(want) == text(got):
                    continue
                different = cell(name, capture, number, column, want, got, moved)
                different.ours = ours
                side = "only ours" if not want else "only tshark's" if not got else "both"
                if why := explain(name, different):
                    report.explained[why] += 1
                    # What tshark says, too, if it is asked in another way, is no difference of substance.
                    report.sides["in order" if different.reordered == got else side] += 1
                else:
                    report.found.append(different)
    return report


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table")
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("-n", type=int, default=30)
    options = parser.parse_args()
    schema = _engine.Schema.built_in()
    if options.rebuild:
        from unwire.declare.build import build

        schema = _engine.Schema.load(build())
    report = compare_table(schema, options.table)
    different = Counter(one.column for one in report.found)
    frames: Counter[tuple[str, int]] = Counter()
    for one in report.found:
        frames[one.capture, one.frame] += 1
        if frames[one.capture, one.frame] == 1 and len(frames) <= options.n:
            print(f"{one.capture}#{one.frame} s={one.row['tcp.stream']} {':'.join(one.chain)[-60:]}")
            print(f"    {one.column}\n    want {one.want[:150]!r}\n    got  {one.got[:150]!r}")
    for column, count in report.cells.items():
        print(f"  {column:44} {count:8} compared {different[column]:6} different")
    for why, count in report.explained.most_common():
        print(f"  {count:6} explained: {why}")
    print(f"{sum(report.cells.values())} cells, {sum(report.explained.values())} explained {dict(report.sides)}, {len(report.found)} not")
    sys.exit(bool(report.found))


if __name__ == "__main__":
    main()
