"""The engine's half of an object. The schema is built before the engine: then classes are declarations and nothing more, and `engine` is None."""

import contextlib
from typing import Any

engine: Any = None
with contextlib.suppress(ImportError):
    from unwire._engine import objects

    engine = objects


def touch() -> None:
    """Tell the engine that the number spaces changed."""
    if engine is not None:
        engine.touch()
