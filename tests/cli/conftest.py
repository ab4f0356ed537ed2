"""The fixture that runs a command line in the tests' own process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from commands import Result

from unwire.cli import main


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Result]:
    """Run a command line in this process."""

    def run(*args: object) -> Result:
        code = main([str(arg) for arg in args])
        out, err = capsysbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return run
