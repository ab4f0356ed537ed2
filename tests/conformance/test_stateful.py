"""The columns that need more than one frame, and the bytes of streams, are tshark's over the public captures, apart from what is explained."""

from __future__ import annotations

import sys
from pathlib import Path

from unwire import _engine

sys.path.insert(0, str(Path(__file__).parent))

#: Cells of Wireshark's analysis that may differ for a reason; of all other columns every cell is equal, or is explained.
MAY_DIFFER = {
    "tcp.analysis.ack_lost_segment": 160, "tcp.analysis.flags": 110, "tcp.analysis": 125, "tcp.analysis.bytes_in_flight": 80,
    "tcp.analysis.push_bytes_sent": 165, "tcp.analysis.initial_rtt": 30, "tcp.analysis.rto": 35, "tcp.analysis.rto_frame": 35,
    "tcp.analysis.ack_rtt": 10, "tcp.analysis.acks_frame": 10, "tcp.analysis.out_of_order": 6, "tcp.analysis.retransmission": 6,
    "tcp.analysis.fast_retransmission": 4,
}  # fmt: skip


def test_columns_that_need_more_than_one_frame(kit: Path) -> None:
    import stateful

    report = stateful.compare(_engine.Schema.built_in())
    assert report.differences[:20] == []
    assert report.cells["tcp.stream"] > 45_000 and report.cells["udp.stream"] > 20_000
    assert MAY_DIFFER.keys() == stateful.KEPT.keys()
    more = {name: report.kept[name] for name, most in MAY_DIFFER.items() if report.kept[name] > most}
    assert not more


def test_bytes_of_streams(kit: Path) -> None:
    import follow

    compared, _, differences = follow.compare()
    assert differences == []
    assert compared > 1300
