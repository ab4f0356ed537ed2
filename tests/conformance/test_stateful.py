"""The columns that need more than one frame, and the bytes of streams, are tshark's over the public captures, apart from what is explained."""

from __future__ import annotations

import sys
from pathlib import Path

from unwire import _engine

sys.path.insert(0, str(Path(__file__).parent))


def test_columns_that_need_more_than_one_frame(kit: Path) -> None:
    import stateful

    report = stateful.compare(_engine.Schema.built_in())
    assert report.differences[:20] == []
    assert report.cells["tcp.stream"] > 45_000 and report.cells["udp.stream"] > 20_000


def test_bytes_of_streams(kit: Path) -> None:
    import follow

    compared, _, differences = follow.compare()
    assert differences == []
    assert compared > 1300
