"""Which of several captures an error is about. Nothing is opened or read here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from unwire import _engine


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say in an error which capture could not be read."""
    try:
        yield
    except _engine.CaptureError as error:
        raise _engine.CaptureError(f"{name}: {error}") from None
    except OSError as error:
        if error.filename is None and not isinstance(error, BrokenPipeError):
            raise type(error)(error.errno or 0, error.strerror or str(error).split(" (os error")[0], name) from None
        raise
