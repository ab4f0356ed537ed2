"""The three streams that a process begins with, where whoever started it closed some. Knows no verb."""

from __future__ import annotations

import os
import sys


def stand_in() -> None:
    """Put something in the place of closed streams, so that no file takes their numbers.

    Reading a closed standard input and writing to a closed standard output are errors when they are done, not before: a verb need not do either.
    What is said on a closed standard error is lost.
    """
    if sys.stdin is None:
        _hold(0, os.O_WRONLY)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    if sys.stdout is None:
        _hold(1, os.O_RDONLY)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        _hold(2, os.O_WRONLY)
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _hold(number: int, way: int) -> None:
    opened = os.open(os.devnull, way)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
