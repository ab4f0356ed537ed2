"""Makes reordered.parquet: what tshark says of HTTP and TLS where it is told to put segments in order, which it does not by itself. Run it where
tshark 4.0 is: ``python tests/conformance/make_reordered.py``.

A row is a cell that is another one than in the kit's truth. Preferences are those of the truth, with `tcp.reassemble_out_of_order`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance"
CELLS, VALUES = "\x1e", "\x1f"
OPTIONS = (
    "tcp.desegment_tcp_streams:TRUE", "ip.defragment:TRUE", "tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:TRUE",
    "tcp.reassemble_out_of_order:TRUE",
)  # fmt: skip


def rows(capture: str, names: list[str]) -> dict[int, list[str]]:
    """Return tshark's cells of a capture by frame."""
    command = ["tshark", "-n", "-r", str(KIT / "captures" / capture), "-T", "fields"]
    command += [word for option in ("occurrence=a", "quote=n", f"separator={CELLS}", f"aggregator={VALUES}") for word in ("-E", option)]
    command += [word for option in OPTIONS for word in ("-o", option)]
    command += [word for name in ("frame.number", *names) for word in ("-e", name)]
    text = subprocess.run(command, capture_output=True, check=False).stdout.decode(errors="replace")
    found = (line.split(CELLS) for line in text.split("\n")[:-1])
    return {int(number): cells for number, *cells in found}


def main() -> None:
    """Write the table."""
    found: list[dict[str, str | int]] = []
    for table in ("http", "tls"):
        truth = pq.read_table(KIT / "truth" / f"{table}.parquet").to_pylist()
        names = [name for name in truth[0] if name not in ("capture", "frame.number", "tcp.stream") and not name.startswith("derived.")]
        known = {(row["capture"], int(row["frame.number"])): row for row in truth}
        for capture in sorted({row["capture"] for row in truth}):
            for number, cells in rows(capture, names).items():
                row = known.get((capture, number), {})
                for name, cell in zip(names, cells, strict=True):
                    if cell != (row.get(name) or ""):
                        found.append({"capture": capture, "frame.number": number, "column": name, "value": cell})
    schema = pa.schema([("capture", pa.string()), ("frame.number", pa.int32()), ("column", pa.string()), ("value", pa.string())])
    pq.write_table(pa.Table.from_pylist(found, schema), Path(__file__).with_name("reordered.parquet"), compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
