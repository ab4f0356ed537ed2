"""Type checkers accept the programs in tests/typing and the recipes, and refuse what refused.py marks. One run of mypy for all of them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from conftest import ROOT

REFUSED = ROOT / "tests" / "typing" / "refused.py"


def test_mypy_accepts_users_programs_and_refuses_mistakes() -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    files = [*(ROOT / "tests" / "typing").glob("*.py"), *(ROOT / "examples" / "recipes").glob("*.py")]
    assert len(files) > 8
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *map(str, sorted(files))]
    printed = subprocess.run(command, cwd=ROOT, env={"MYPYPATH": "python"}, capture_output=True, text=True, check=False).stdout
    found = set(re.findall(r"^(.*?):(\d+): error: .*\[([\w-]+)\]$", printed, re.MULTILINE))
    marked = {
        (str(REFUSED.relative_to(ROOT)), str(number), code)
        for number, line in enumerate(REFUSED.read_text(encoding="utf-8").splitlines(), 1)
        for code in re.findall(r"# error: ([\w-]+)$", line)
    }
    assert found == marked, printed
