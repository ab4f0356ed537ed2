"""What the tests of the command line share: where captures are, and running it in this process or in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import unwire
from unwire.cli import main

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "tests" / "captures"
OFFICE = str(ROOT / "examples" / "office.pcapng")


@dataclass
class Result:
    """What a run left: exit code, standard output and error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def run(*args: object) -> Result:
    """Run a command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(arg) for arg in args])
    return Result(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def command(*args: object) -> list[str]:
    """Return a command line for a process of its own."""
    return [sys.executable, "-m", "unwire", *map(str, args)]


def environment() -> dict[str, str]:
    """Return an environment in which that process finds this package."""
    return {**os.environ, "PYTHONPATH": str(Path(unwire.__file__).parents[1]), "PYTHONUTF8": "1", "TERM": "xterm"}


def spawn(*args: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a process of its own."""
    return subprocess.run(command(*args), env=environment(), capture_output=True, timeout=60, check=False, **options)
