"""The examples of docs/conn.md run as they stand, and print what the page says."""

from __future__ import annotations

import re
import shlex

import pytest

from cli.commands import run
from conftest import ROOT


def test_the_examples_of_the_page_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "conn.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for block in blocks:
        exec(compile(block, "docs/conn.md", "exec"), names)
    assert len(blocks) == 4
    said = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert capsys.readouterr().out == "".join(said)
    ((line, printed),) = re.findall(r"```console\n\$ unwire (.*)\n((?:.*\n)*?)```", page)
    done = run(*shlex.split(line))
    assert (done.code, done.out + done.err) == (0, printed)
