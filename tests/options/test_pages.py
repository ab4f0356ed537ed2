"""The pages on options: their examples run, their tables are those of the declarations, and every member of PyPCAPKit's page has a row."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from seed_page import PAGE, members

from conftest import ROOT
from unwire.declare import registered
from unwire.declare.registry import registry

OPTIONS = ROOT / "docs" / "options.md"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What the page declares is gone when it was run."""
    yield
    if "page.Loss" in registry.layers:
        registry.remove("page.Loss")
        registered.touch()


def test_the_examples_of_the_page_print_what_it_shows() -> None:
    shown = "\n".join(re.findall(r"```python\n(>>>.*?)```", OPTIONS.read_text(encoding="utf-8"), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(shown, {"__name__": "page"}, "docs/options.md", None, None)
    told: list[str] = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert len(test.examples) > 20 and not failed.failed, "".join(told)


def test_the_tables_are_those_of_the_declarations() -> None:
    code = "import sys; sys.path.insert(0, 'docs'); import generate_options as g; print(g.generated(sys.stdin.read()), end='')"
    page = OPTIONS.read_text(encoding="utf-8")
    made = subprocess.run([sys.executable, "-c", code], input=page, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert made == page, "run python docs/generate_options.py"


def test_every_member_of_the_seed_has_a_row() -> None:
    if not PAGE.exists():
        pytest.skip("PyPCAPKit's page is not beside the checkout")
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", (ROOT / "docs" / "pypcapkit.md").read_text(encoding="utf-8"), re.MULTILINE))
    found = members(PAGE)
    assert len(found) > 380
    assert [member for member in found if not rows.get(member)] == []
    assert [member for member in rows if member not in found] == []


def test_what_the_rows_name_is_there() -> None:
    from unwire.protocols import mptcp, mptcp_data, tcp, tcp_options, tcp_options_rare

    classes = {name: cls for module in (mptcp, mptcp_data, tcp, tcp_options, tcp_options_rare) for name, cls in vars(module).items()}
    page = (ROOT / "docs" / "pypcapkit.md").read_text(encoding="utf-8")
    for where in re.findall(r"^\| `[^`]+` \| (.+) \|$", page, re.MULTILINE):
        for owner, field in re.findall(r"`([A-Z]\w+)\.(\w+)", where):
            assert hasattr(classes[owner], field), f"{owner}.{field}"
        for field in re.findall(r"`tcp\.info\.(\w+)", where):
            assert hasattr(tcp.TCPInfo, field), field
