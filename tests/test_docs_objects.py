"""The examples of docs/objects.md and of the README run as they stand and print what the page shows."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator

import pytest

from conftest import ROOT
from unwire.declare import Numbers
from unwire.declare.registry import registry


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What the page declares is gone when it was run."""
    yield
    Numbers("ip.proto").pop(253, None)
    if "page.Ping" in registry.layers:
        registry.remove("page.Ping")


@pytest.mark.parametrize(("name", "examples"), [("docs/objects.md", 40), ("README.md", 9)])
def test_the_examples_of_the_page_print_what_it_shows(name: str, examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / name).read_text(encoding="utf-8")
    # A block ends where the fence is, an example only at an empty line.
    shown = "\n".join(re.findall(r"```python\n(>>>.*?)```", page, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(shown, {"__name__": "page"}, name, None, None)
    assert len(test.examples) >= examples
    told: list[str] = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert not failed.failed, "".join(told)
