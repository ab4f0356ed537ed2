"""Files that appear whole or not at all: written beside, then renamed."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast


def check(path: Path, *, force: bool) -> None:
    """Raise what `replacing` would, before any work is done."""
    if path.exists() and not force and not _is_special(path):
        raise FileExistsError(f"{path} exists; it is only replaced with --force (in Python, force=True)")
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(path.parent))


@contextmanager
def replacing(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Open a file that becomes `path` when the block ends well; an existing `path` raises `FileExistsError` unless `force`."""
    check(path, force=force)
    if _is_special(path):
        # A device or a pipe is written to; renaming a file over it would take it away from everybody.
        try:
            with path.open("wb") as file:
                yield cast(BinaryIO, file)
        except BaseException as error:
            raise naming(error, str(path)) from None
        return
    # Of a link, the file that it leads to is replaced.
    path = path.resolve()
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield cast(BinaryIO, file)
        # mkstemp makes files for their owner alone; a table is an ordinary file.
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(path)
    except BaseException as error:
        Path(beside).unlink(missing_ok=True)
        raise naming(error, str(path)) from None


def _is_special(path: Path) -> bool:
    """True for what is there and neither a file nor a folder."""
    return path.exists() and not path.is_file() and not path.is_dir()


def naming(error: BaseException, name: str) -> BaseException:
    """Return an error of writing with the name of what could not be written; errors that have a name are of something else."""
    if isinstance(error, OSError) and error.errno and error.filename is None and not isinstance(error, BrokenPipeError):
        return type(error)(error.errno, error.strerror, name)
    return error
