"""Short programs as people write them for dpkt print the same with unwire.

One that begins with a reason (``#:``) prints something else, by intent.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import unwire

sys.path.insert(0, str(Path(__file__).parent))
from scripts import SCRIPTS

pytest.importorskip("dpkt")


@pytest.fixture(scope="module")
def printed(office: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each prints with dpkt and with unwire, on the example capture as pcap."""
    path = tmp_path_factory.mktemp("scripts") / "office.pcap"
    with unwire.Writer(path, nanoseconds=False) as out:
        for record in unwire.open(office).records():
            out.write(record)
    command = [sys.executable, str(Path(__file__).with_name("scripts.py")), str(path)]
    found: dict[str, list[str]] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout)
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_what_it_prints_with_dpkt(name: str, printed: dict[str, list[str]]) -> None:
    theirs, ours = printed[name]
    if SCRIPTS[name].startswith("#: "):
        assert theirs != ours, "it differs no more: the reason can go"
        assert "raised" not in ours
    else:
        assert ours == theirs


def test_there_are_many() -> None:
    assert len(SCRIPTS) >= 40
