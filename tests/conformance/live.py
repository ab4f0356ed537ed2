"""Compares any columns with a tshark run on the spot, for the many that the truth does not hold.

``python tests/conformance/live.py [--rebuild] arp vrrp ospf`` takes all columns that begin with these words and that tshark knows, on the
captures whose frames have the protocol (the first --captures of them). Needs tshark; a tool for whoever writes a protocol.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

import compare

from unwire import _engine

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


def tshark(*arguments: str) -> str:
    """Run tshark without anybody's preferences."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "TZ": "UTC", "LC_ALL": "C.UTF-8", "WIRESHARK_CONFIG_DIR": home}
        done = subprocess.run(["tshark", *arguments], capture_output=True, env=environment, check=False, timeout=600)
    return done.stdout.decode("utf-8", "backslashreplace")


def known_fields() -> set[str]:
    """Return every field name of this tshark."""
    return {line.split("\t")[2] for line in tshark("-G", "fields").splitlines() if line.startswith("F\t")}


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="+", help="first words of the columns, which are also looked for among a frame's protocols")
    parser.add_argument("--protocol", action="append", help="look for these protocols instead")
    parser.add_argument("--captures", type=int, default=60)
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--extra", default="", help="more tshark options, for example '-o ip.check_checksum:TRUE'")
    parser.add_argument("-n", type=int, default=30, help="groups of differences to print")
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        sys.exit("tshark is not installed")
    schema = _engine.Schema.built_in()
    if options.rebuild:
        from unwire.declare.build import build

        schema = _engine.Schema.load(build())
    wanted = {c["name"] for c in schema.columns() if c["name"].split(".")[0] in options.words}
    fields = known_fields()
    print("not in tshark:", " ".join(sorted(wanted - fields)) or "none")
    columns = ["frame.protocols", *sorted(wanted & fields)]
    names, report, shown = compare.declared(schema), compare.Report(), Counter[str]()
    protocols = set(options.protocol or options.words)
    rows = compare.truth_rows()
    hits = [c for c, frames in rows.items() if any(protocols & set((f["frame.protocols"] or "").split(":")) for f in frames)]
    for capture in hits[: options.captures]:
        arguments = [a for column in columns for a in ("-e", column)]
        out = tshark(*OPTIONS, *options.extra.split(), "-r", str(compare.KIT / "captures" / capture), "-T", "fields", "-E", "occurrence=a",
                     "-E", f"separator={compare.CELLS}", "-E", f"aggregator={compare.VALUES}", *arguments)  # fmt: skip
        theirs = [dict(zip(columns, line.split(compare.CELLS), strict=False)) for line in out.split("\n")[:-1] if compare.CELLS in line]
        mine = list(compare.read(compare.KIT / "captures" / capture, schema, columns))
        frames = [f for f in rows[capture] if not (f["frame.protocols"] == "data" and f["frame.encap_type"] is None)]
        for number, (want, got) in enumerate(zip(theirs, mine, strict=False), 1):
            malformed = frames[number - 1]["_ws.malformed"] if number <= len(frames) else None
            truth = {**want, "capture": capture, "frame.number": str(number), "_ws.malformed": malformed}
            for one in compare.compare_frame(report, names, truth, got):
                report.different[one.column] += 1
                shown[one.column] += 1
                if shown[one.column] <= 3 and len(shown) <= options.n:
                    print(
                        f"{capture}#{number} {one.column}\n    {want['frame.protocols'][:150]}\n    want {one.want[:200]!r}\n    got  {one.got[:200]!r}"  # noqa: E501
                    )
    for column in columns:
        print(f"  {column:36} {report.cells[column]:7} compared {report.different[column]:6} different")


if __name__ == "__main__":
    main()
