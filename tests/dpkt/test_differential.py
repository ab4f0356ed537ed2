"""dpkt 1.9.8 and unwire say the same of the packets of every public capture, but for the reasons in dpkt_differences.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("dpkt")
pytestmark = pytest.mark.usefixtures("kit")


def test_both_read_alike() -> None:
    """The first packets of every capture and a sample of the others; all of them by ``python tests/dpkt/differential.py``."""
    sys.path.insert(0, str(Path(__file__).parent))
    import differential
    import dpkt_differences as differences

    outcome = differential.run(each=40, first=12)
    print(", ".join(f"{count:,} {what}" for what, count in outcome.counts.most_common()))
    assert not [(fact.place, fact.kind, fact.path, fact.name, fact.theirs, fact.ours) for fact in outcome.open[:5]]
    assert outcome.counts["packets"] > 8_000
    assert outcome.counts["fields"] > 200_000
    unused = {why for why, _ in differences.DIFFERENCES} - set(outcome.explained)
    assert not unused, f"nothing differs for these reasons any more: {unused}"
