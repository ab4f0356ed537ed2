"""The examples of docs/captures.md run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import unwire
from conftest import ROOT


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "captures.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for block in blocks:
        exec(compile(block.replace("/tmp/", f"{tmp_path}/"), "docs/captures.md", "exec"), names)
    assert len(blocks) == 4
    assert capsys.readouterr().out.endswith("1700000000.25 b'a packet'\n")
    assert [record.interface_id for record in unwire.open(tmp_path / "made.pcapng").records()] == [0, 1, 0]
