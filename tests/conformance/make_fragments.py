"""Makes fragments.tsv: what tshark prints for the frames of the kit that hold a fragment when it reads each frame alone.

``python tests/conformance/make_fragments.py`` needs tshark 4.0.17, the version that made the kit's truth; about two minutes.
"""

from __future__ import annotations

import csv
from pathlib import Path

import compare
from live import tshark

OPTIONS = [
    "-n",
    "-o",
    "tcp.desegment_tcp_streams:TRUE",
    "-o",
    "ip.defragment:FALSE",
    "-o",
    "ipv6.defragment:FALSE",
    "-o",
    "tcp.relative_sequence_numbers:FALSE",
]
CHECKS = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
STATUS = [f"{protocol}.checksum.status" for protocol in ("ip", "tcp", "udp")]


def fragmented(row: dict[str, str | None]) -> bool:
    """Return whether a frame holds a fragment of either IP version, or was put together from some."""
    flags = (row["ip.flags"] or "").split(compare.VALUES)
    offsets = (row["ip.frag_offset"] or "").split(compare.VALUES)
    return (
        any(int(flag, 16) & 1 for flag in flags if flag)
        or any(offset not in ("", "0") for offset in offsets)
        or "ipv6.fraghdr" in (row["frame.protocols"] or "")
    )


def table(capture: str, columns: list[str], extra: list[str]) -> list[dict[str, str]]:
    """Return tshark's rows of a capture."""
    arguments = [part for column in columns for part in ("-e", column)]
    out = tshark(*OPTIONS, *extra, "-r", str(compare.KIT / "captures" / capture), "-T", "fields", "-E", "occurrence=a",
                 "-E", f"separator={compare.CELLS}", "-E", f"aggregator={compare.VALUES}", *arguments)  # fmt: skip
    return [dict(zip(columns, line.split(compare.CELLS), strict=True)) for line in out.split("\n") if line.count(compare.CELLS) == len(columns) - 1]


def main() -> None:
    """Write the file."""
    rows = []
    for capture, frames in compare.truth_rows().items():
        wanted = {int(frame["frame.number"] or 0) for frame in frames if fragmented(frame)}
        if not wanted:
            continue
        columns = [name for name in frames[0] if name not in ("capture", "frame.number", *STATUS)]
        plain, checked = table(capture, columns, []), table(capture, STATUS, CHECKS)
        for number in sorted(wanted):
            rows.append({"capture": capture, "frame.number": str(number), **plain[number - 1], **checked[number - 1]})
    with Path(__file__).with_name("fragments.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(len(rows), "frames")


if __name__ == "__main__":
    main()
