"""Where the indexes of large captures are kept between runs: files in the user's cache folder, one for each capture, and one for each list of
captures that was opened together. What they say is the engine's knowledge, and it believes them only for captures of the same size, time of
change, and bytes at head and tail.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from unwire import _engine

#: Smaller captures, all of them together, are read faster than an index is looked for.
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


def place(paths: Sequence[str]) -> Path:
    """Return where the index of captures is kept, if it is; in another order they are another list, because of packets of one time."""
    # FNV-1a of 128 bits: a library of digests takes longer to load than an index. Two lists of one name would only take turns.
    name = 0x6C62272E07BB014262B821756295C58D
    for byte in b"\0".join(os.fsencode(os.path.realpath(path)) for path in paths):
        name = ((name ^ byte) * 0x0000000001000000000000000000013B) % (1 << 128)
    return folder() / f"{name:032x}.index"


def take(places: _engine.Places, paths: list[str]) -> bool:
    """Let the places of packets be known from an earlier run. Whatever stands in the way, they are found out anew."""
    try:
        if sum(os.stat(path).st_size for path in paths) < LEAST:  # noqa: PTH116 - a path is a str here
            return False
        places.identify(paths)
        kept = place(paths)
        # What is no file was not put there by this package, and reading it may never end.
        if not kept.is_file() or not places.take(str(kept)):
            return False
        os.utime(kept)
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return False
    return True


def keep(places: _engine.Places, paths: list[str]) -> None:
    """Keep what is known for the next run, if it is worth it and can be written."""
    with contextlib.suppress(OSError, RuntimeError):
        content = places.keep()
        if content is None:
            return
        import tempfile  # only who has read a capture to its end has use for it

        kept = place(paths)
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
