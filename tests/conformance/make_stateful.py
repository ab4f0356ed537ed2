"""Makes stateful.parquet: what tshark says of the columns that need more than one frame, for every public capture. Run it where tshark 4.0 is.

``python tests/conformance/make_stateful.py``. Preferences are those of the kit's truth (its README), with relative sequence numbers.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

KIT = Path(__file__).resolve().parents[3] / "shared" / "conformance"
FLAGS = (
    "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "reused_ports", "lost_segment", "ack_lost_segment",
    "window_update", "window_full", "keep_alive", "keep_alive_ack", "zero_window_probe", "zero_window", "zero_window_probe_ack",
    "duplicate_ack", "duplicate_ack_num", "duplicate_ack_frame", "acks_frame", "ack_rtt", "initial_rtt", "rto",
    "rto_frame", "bytes_in_flight", "push_bytes_sent", "flags",
)  # fmt: skip
COLUMNS = (
    "tcp.stream", "tcp.seq", "tcp.nxtseq", "tcp.ack", "tcp.window_size",
    "tcp.window_size_scalefactor", "tcp.time_relative", "tcp.time_delta", "udp.stream", "udp.time_relative", "udp.time_delta",
    "tcp.analysis", *(f"tcp.analysis.{name}" for name in FLAGS),
)  # fmt: skip
OPTIONS = ("tcp.desegment_tcp_streams:TRUE", "ip.defragment:TRUE", "tcp.relative_sequence_numbers:TRUE", "tcp.analyze_sequence_numbers:TRUE")


def rows(capture: Path) -> list[dict[str, str | int | None]]:
    """Return tshark's rows of a capture."""
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-E", "occurrence=a", "-E", "separator=/t", "-E", "aggregator=,"]
    command += [word for option in OPTIONS for word in ("-o", option)]
    command += [word for name in ("frame.number", *COLUMNS) for word in ("-e", name)]
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found: list[dict[str, str | int | None]] = []
    for line in text.splitlines():
        number, *cells = line.split("\t")
        if not any(cells):
            continue  # neither TCP nor UDP
        found.append({"capture": capture.name, "frame.number": int(number), **{k: v or None for k, v in zip(COLUMNS, cells, strict=True)}})
    return found


def main() -> None:
    """Write the table."""
    schema = pa.schema([("capture", pa.string()), ("frame.number", pa.int32()), *((name, pa.string()) for name in COLUMNS)])
    found = [row for capture in sorted((KIT / "captures").iterdir()) for row in rows(capture)]
    pq.write_table(pa.Table.from_pylist(found, schema), Path(__file__).with_name("stateful.parquet"), compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
