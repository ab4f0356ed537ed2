"""The examples of docs/messages.md run as they stand and print what the page shows."""

from __future__ import annotations

import doctest
import re

import pytest

from conftest import ROOT


def test_the_examples_of_the_page_print_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    # A block ends where the fence is, an example only at an empty line.
    shown = "\n".join(re.findall(r"```python\n(>>>.*?)```", page, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(shown, {"__name__": "page"}, "docs/messages.md", None, None)
    assert len(test.examples) >= 18
    told: list[str] = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert not failed.failed, "".join(told)
