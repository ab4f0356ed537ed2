"""Following captures that are still being written: waiting for more of a file, and going on with the next one where the writer begins a new file
every so often. Reading is the engine's; here is only what to read, and when.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from unwire import _engine

#: Seconds between looks at a file that does not grow: at first, and at most.
_SOON, _LATE = 0.02, 0.25

#: dumpcap -b: NAME_00001_20260101120000.pcapng
_DUMPCAP = re.compile(r"(?P<name>.*)_(?P<number>\d{5,})_(?P<time>\d{14})(?P<suffix>\.\w+)?")


class Following:
    """Captures of which the last may grow and be followed by others."""

    def __init__(self, sources: Sequence[Any], link_type: int | None, timeout: float | None, generation: Callable[[], _engine.Schema]) -> None:
        if not sources or not all(isinstance(one, (str, os.PathLike)) and os.fspath(one) != "-" for one in sources):
            raise TypeError("live=True follows files: give a path, or several; a pipe is followed as it is")
        if timeout is not None and not timeout >= 0:
            raise ValueError(f"timeout is a number of seconds, not {timeout}")
        self._paths = [os.fspath(one) for one in sources]
        self._link_type = link_type
        self._timeout = timeout
        self._generation = generation

    def frames(self) -> Iterator[_engine.Frame]:
        """Yield packets as they are written; the end is where nothing came for as long as the timeout says."""
        frames: _engine.Frames | None = None
        waiting = list(reversed(self._paths))
        generation = self._generation()
        while waiting:
            path = waiting.pop()
            source = _engine.Source.growing(path)
            if waiting:
                source.close()  # another was named to come after it, so this one is whole
            frames = _engine.Places(_Giving(source), 1, self._link_type).frames(generation, 0, frames)
            file = _File(path, source, self._timeout)
            yield from file.packets(frames)
            if file.successor is not None:
                waiting.append(file.successor)


class _Giving:
    """Gives the source of a file whenever it is opened."""

    def __init__(self, source: _engine.Source) -> None:
        self.source = source

    def __call__(self, _: int) -> _engine.Source:
        return self.source


class _File:
    """One file while it is followed."""

    def __init__(self, path: str, source: _engine.Source, timeout: float | None) -> None:
        self.path, self.source, self.timeout = path, source, timeout
        #: The file that the writer went on with.
        self.successor: str | None = None

    def packets(self, frames: _engine.Frames) -> Iterator[_engine.Frame]:
        """Yield the packets until there is another file, or nothing came for too long."""
        news, pause, ended = time.monotonic(), _SOON, False
        while True:
            try:
                frame = next(frames)
            except StopIteration:
                return
            except (BlockingIOError, FileNotFoundError) as error:
                if ended and isinstance(error, FileNotFoundError):
                    raise  # it never came to be
                if ended:  # there never was a whole header
                    return
            else:
                yield frame
                news, pause = time.monotonic(), _SOON
                continue
            # The writer was done with this file before it made the next: what is there now, and not yet read, is all of it.
            self.successor = following(self.path)
            left = float("inf") if self.timeout is None else news + self.timeout - time.monotonic()
            if self.successor is not None or left <= 0:
                self.source.close()
                ended = True
                continue
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LATE)


def following(path: str) -> str | None:
    """Return the file that a writer began after this one, if it did.

    tcpdump -C appends a number (``trace``, ``trace1``, ``trace2``), with zeros before it under -W, which begins again at 0; dumpcap -b counts
    in the middle of the name. A file that was last changed before this one is older, and not meant.
    """
    file = Path(path)
    candidates: list[Path] = []
    if found := _DUMPCAP.fullmatch(file.name):
        number, width = int(found["number"]) + 1, len(found["number"])
        candidates = sorted(file.parent.glob(f"{_quoted(found['name'])}_{number:0{width}d}_*{_quoted(found['suffix'] or '')}"))
    elif found := re.fullmatch(r"(.*?)(\d*)", file.name, re.DOTALL):
        base, digits = found.groups()
        candidates = [file.with_name(f"{base}{int(digits or 0) + 1:0{len(digits)}d}")]
        if digits:
            candidates.append(file.with_name(f"{base}{0:0{len(digits)}d}"))
    for at, candidate in enumerate(candidates):
        try:
            # Clocks of file systems are coarse. The next number may be as old as this one; what begins again must be newer, or it has no end.
            if candidate != file and (_age(candidate) >= _age(file) if at == 0 else _age(candidate) > _age(file)):
                return os.fspath(candidate)
        except OSError:  # it is not there, or this one is gone
            continue
    return None


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _quoted(name: str) -> str:
    import glob

    return glob.escape(name)
