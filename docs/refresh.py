"""Runs the commands of a documentation page anew and puts their output in: ``python docs/refresh.py docs/cli.md``. Changes no other line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"```console\n\$ (unwire .*)\n(?:.*\n)*?```\n")


def run(block: re.Match[str]) -> str:
    """Return a block with the output of its command, which runs in the shell with this checkout's package."""
    line = block[1]
    shell = f'unwire() {{ {sys.executable} -m unwire "$@"; }}\n{line}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "PYTHONUTF8": "1", "NO_COLOR": "1"}
    done = subprocess.run(["bash", "-c", shell], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return f"```console\n$ {line}\n{done.stdout}```\n"


for page in map(Path, sys.argv[1:]):
    page.write_text(BLOCK.sub(run, page.read_text(encoding="utf-8")), encoding="utf-8")
