"""The engine's half of an object. The schema is built before the engine: then classes are declarations and nothing more, and `engine` is None.

`natives` are the decoders of what declarations cannot say; where there is no engine nobody calls them.
"""

import contextlib
from typing import Any

engine: Any = None
natives: Any = None
with contextlib.suppress(ImportError):
    from unwire._engine import objects

    engine = objects
with contextlib.suppress(ImportError):
    from unwire._engine import natives as natives


def touch() -> None:
    """Tell the engine that the number spaces changed."""
    if engine is not None:
        engine.touch()
