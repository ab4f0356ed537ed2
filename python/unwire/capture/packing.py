"""Captures that are compressed while they are written, as their name asks. What is in them, and that they appear whole, is writer.py's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, cast

from unwire.errors import UnwireError

#: Endings whose compression Python has.
_WRITTEN = (".gz", ".bz2", ".xz")
#: Endings that are read, and for whose compression Python has nothing.
_ONLY_READ = (".zst", ".zstd", ".lz4")
#: What zlib itself takes if it is not told: the best there is takes four times as long.
_LEVEL = 6


def unpacked(path: Path) -> tuple[Path, str | None]:
    """Return a path without the ending that asks for a compression, and that ending."""
    ending = path.suffix.lower()
    if ending in _ONLY_READ:
        raise UnwireError(f"{path}: {ending} is read and not written: {', '.join(_WRITTEN)} are, and other names are not compressed")
    return (path.with_suffix(""), ending) if ending in _WRITTEN else (path, None)


def packing(path: str | os.PathLike[str], ending: str) -> IO[bytes]:
    """Open a file that compresses what it is given; the same bytes make the same file."""
    if ending == ".gz":
        return cast("IO[bytes]", _Gzip(path))
    if ending == ".bz2":
        import bz2

        return cast("IO[bytes]", bz2.open(path, "wb"))
    import lzma

    return cast("IO[bytes]", lzma.open(path, "wb"))


class _Gzip:
    """A gzip file without a name and a time of its own."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        import gzip

        self._file = Path(path).open("wb")  # noqa: SIM115 - it is closed by `close`
        self._packed = gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=self._file, mtime=0)

    def write(self, data: bytes) -> int:
        return self._packed.write(data)

    def close(self) -> None:
        try:
            self._packed.close()
        finally:
            self._file.close()
