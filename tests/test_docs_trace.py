"""The examples of docs/trace.md run as they stand."""

from __future__ import annotations

import re

import pytest

from conftest import ROOT


def test_the_examples_of_the_page_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "trace.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for block in blocks:
        exec(compile(block, "docs/trace.md", "exec"), names)
    assert len(blocks) >= 4
    assert capsys.readouterr().out
