"""Where the indexes of large captures are kept between runs: files in the user's cache folder. What they say is the engine's knowledge, and it
believes them only for a capture of the same size, time of change, and bytes at head and tail.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from unwire import _engine

#: Smaller captures are read faster than an index is looked for.
LEAST = 16 << 20
#: So many indexes are kept; the ones longest unused go first.
MOST = 200


def folder() -> Path:
    """Return where indexes are kept: ``unwire/index`` in the cache folder of the user."""
    if given := os.environ.get("UNWIRE_CACHE"):
        return Path(given) / "index"
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "unwire" / "index"


def place(path: str) -> Path:
    """Return where the index of a capture is kept, if it is."""
    # FNV-1a of 128 bits: a library of digests takes longer to load than an index. Two paths of one name would only take turns.
    name = 0x6C62272E07BB014262B821756295C58D
    for byte in os.fsencode(os.path.realpath(path)):
        name = ((name ^ byte) * 0x0000000001000000000000000000013B) % (1 << 128)
    return folder() / f"{name:032x}.index"


def take(places: _engine.Places, path: str) -> bool:
    """Let the places of a capture's packets be known from an earlier run. Whatever stands in the way, they are found out anew."""
    try:
        kept = place(path)
        # What is no file was not put there by this package, and reading it may never end.
        if os.stat(path).st_size < LEAST or not kept.is_file() or not places.take(path, str(kept)):  # noqa: PTH116 - a path is a str here
            return False
        os.utime(kept)
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return False
    return True


def keep(places: _engine.Places, path: str) -> None:
    """Keep what is known for the next run, if it is worth it and can be written."""
    with contextlib.suppress(OSError, RuntimeError):
        if os.stat(path).st_size < LEAST:  # noqa: PTH116
            return
        content = places.keep(path)
        if content is None:
            return
        import tempfile  # only who has read a capture to its end has use for it

        kept = place(path)
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number, beside = tempfile.mkstemp(dir=kept.parent, suffix=".part")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            os.replace(beside, kept)  # noqa: PTH105
        except OSError:
            Path(beside).unlink(missing_ok=True)
            raise
        there = sorted(kept.parent.glob("*.index"), key=lambda one: one.stat().st_mtime)
        for old in there[:-MOST]:
            old.unlink(missing_ok=True)
