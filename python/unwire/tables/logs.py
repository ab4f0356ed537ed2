"""Logs of what connections say, as Zeek's logs of the same names. Which there are, with what columns, and what the rows say is the engine's; here are
the tables, and the writing of all logs in one pass.
"""

from __future__ import annotations

import contextlib
import copy
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from unwire import _engine
from unwire.capture.naming import naming
from unwire.errors import UnwireError
from unwire.tables.conn import TYPES, connections
from unwire.tables.export import Sheet
from unwire.tables.table import Table
from unwire.tables.write import check, replacing

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: The logs there are beside conn.
LOGS = tuple(name for name, *_ in _engine.logs_there_are())
#: How logs are written, and what the names of their files end in.
SUFFIXES = {"zeek": ".log", "json": ".json", "jsonl": ".jsonl", "parquet": ".parquet"}


class LogTable(Table):
    """A log; see `Trace.dns` and its siblings. Rows stand in the order in which they are complete."""

    def __init__(
        self,
        trace: Trace,
        log: str,
        *,
        hashes: bool = True,
        extract: str | os.PathLike[str] | None = None,
        force: bool = False,
        checksums: Literal["ignore", "verify"] = "ignore",
        workers: int | None = None,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> None:
        generation = trace.generation
        super().__init__(trace, generation, (), "first", workers, on_progress)
        self.log, self._hashes, self._asked = log, hashes, connections(generation, checksums=checksums)
        self._extract, self._force, self._terse = extract, force, False
        self.types = dict(_engine.log_columns(log))
        self.columns = list(self.types)

    def _begin(self, sources: list[_engine.Source]) -> _engine.Stream:
        where = self._where.engine if self._where else None
        folder = None if self._extract is None else str(empty_folder(self._extract, force=self._force))
        return self._asked.log(self.log, sources, self._workers, self._trace.link_type, where, self._hashes, folder, self._terse)

    def slice(self, path: str | os.PathLike[str], *, force: bool = False) -> int:
        """Not for logs: `frames` tells the packets of a row, and ``unwire slice --frames`` cuts them out."""
        raise TypeError("a row of a log is no packet; its column frames tells the packets: unwire slice FILE --frames … -w OUT")

    def zeek(self) -> Iterable[bytes]:
        """Yield the log as Zeek writes it: tab-separated, with its lines at the head and the end."""
        from unwire.tables.export import zeek

        # Of types of records that Zeek does not know it writes the number alone.
        table = copy.copy(self)
        table._terse = True
        yield from zeek(table, self.log, self.types)


@dataclass
class Written:
    """What a pass wrote: the rows and the file of each log that has rows; then what the captures lost, as a `Table` tells it."""

    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    loss: list[dict[str, Any]] = field(default_factory=list)
    info: list[_engine.Info] = field(default_factory=list)


def write_logs(
    trace: Trace,
    folder: str | os.PathLike[str],
    *,
    style: str = "zeek",
    only: Sequence[str] = (),
    checksums: Literal["ignore", "verify"] = "ignore",
    extract: str | os.PathLike[str] | None = None,
    force: bool = False,
    workers: int | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
    accept: Callable[[Written], object] | None = None,
) -> Written:
    """Write all logs, or `only` some, to files of a folder in one pass over the captures; see `Trace.logs`.

    `accept` is called when all is read: what it raises leaves no file.
    """
    if style not in SUFFIXES:
        raise ValueError(f"logs are written as {', '.join(SUFFIXES)}, not {style!r}")
    for name in only:
        if name not in ("conn", *LOGS):
            raise ValueError(f"logs are conn, {', '.join(LOGS)}, not {name!r}")
    wanted = tuple(only) or ("conn", *LOGS)
    paths = {name: Path(folder) / f"{name}{SUFFIXES[style]}" for name in wanted}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for path in paths.values():
        check(path, force=force)
    kept = None if extract is None else str(empty_folder(extract, force=force))
    asked = connections(trace.generation, checksums=checksums)
    sources, written = list(trace.sources()), Written(names=trace.names)
    size = trace.size if on_progress else None
    where = trace.where.engine if trace.where else None
    with naming(written.names[0]):
        logs = asked.logs(wanted, sources, workers or os.cpu_count() or 1, trace.link_type, where, "files" in wanted, kept, style == "zeek")
    # All files appear when all are whole.
    with contextlib.ExitStack() as files:
        sheets: dict[str, Sheet] = {}

        def sheet(name: str) -> Sheet:
            if name not in sheets:
                types = TYPES if name == "conn" else dict(_engine.log_columns(name))
                file: BinaryIO = files.enter_context(replacing(paths[name], force=force))
                sheets[name] = Sheet(file, style, name, asked.columns() if name == "conn" else list(types), types)
            return sheets[name]

        for name in wanted:
            # What another run left there is not left beside these.
            if paths[name].exists() and style != "parquet":
                sheet(name)
        try:
            while True:
                try:
                    found = next(logs, None)
                except (OSError, _engine.CaptureError):
                    with naming(written.names[min(len(logs.infos()), len(written.names) - 1)]):
                        raise
                if found is None:
                    break
                name, batch = found
                sheet(name).add(batch)
                written.rows[name] = written.rows.get(name, 0) + len(batch)
                written.files[name] = paths[name]
                if on_progress:
                    on_progress(sum(source.position for source in sources), size)
        finally:
            written.info = logs.infos()
            written.loss = [info.loss() for info in written.info]
        for one in sheets.values():
            one.end()
        if accept:
            accept(written)
    return written


def empty_folder(name: str | os.PathLike[str], *, force: bool) -> Path:
    """Make a folder; raise where there is one that is not empty, unless `force`."""
    folder = Path(name)
    folder.mkdir(parents=True, exist_ok=True)
    if not force and any(folder.iterdir()):
        raise UnwireError(f"{folder} is not empty; --force writes into it all the same")
    return folder
