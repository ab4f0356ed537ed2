"""The columns that need more than one frame, and the bytes of streams, are tshark's over the public captures, apart from what is explained."""

from __future__ import annotations

import sys
from pathlib import Path

from unwire import _engine

sys.path.insert(0, str(Path(__file__).parent))

#: Of the columns that are estimates, the share of cells that must be equal; of all others every cell is, or is explained.
AGREE = {"tcp.analysis.ack_lost_segment": 0.5, "tcp.analysis.fast_retransmission": 0.6, "tcp.analysis.rto": 0.7, "tcp.analysis.rto_frame": 0.7}


def test_columns_that_need_more_than_one_frame(kit: Path) -> None:
    import stateful

    report = stateful.compare(_engine.Schema.built_in())
    assert report.differences[:20] == []
    assert report.cells["tcp.stream"] > 45_000 and report.cells["udp.stream"] > 20_000
    for name in stateful.ESTIMATES:
        agree = 1 - report.unlike[name] / report.cells[name]
        assert agree > AGREE.get(name, 0.9), f"{name}: {agree:.3f}"


def test_bytes_of_streams(kit: Path) -> None:
    import follow

    compared, _, differences = follow.compare()
    assert differences == []
    assert compared > 1300
