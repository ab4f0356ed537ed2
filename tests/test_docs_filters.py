"""The examples of docs/filters.md run as they stand, and print what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cli.commands import run
from conftest import ROOT


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "filters.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for block in blocks:
        exec(compile(block, "docs/filters.md", "exec"), names)
    assert len(blocks) == 5
    assert names["both"] and names["numbers"] and names["hits"] == []
    said = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert capsys.readouterr().out == said[0]
    assert 0 < len(names["busy"]) < len(names["trace"])  # type: ignore[arg-type]
    commands = re.findall(r"```console\n\$ unwire (.*)\n((?:.*\n)*?)```", page)
    assert len(commands) == 3
    for line, printed in commands:
        done = run(*shlex.split(line.replace("/tmp/", f"{tmp_path}/")))
        assert done.code == 0
        assert (done.out + done.err).replace(f"{tmp_path}/", "/tmp/") == printed
