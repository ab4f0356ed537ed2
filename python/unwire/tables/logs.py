"""Logs of what connections say: Zeek's dns, http, ssl, x509 and files, a row for each question, request, session, certificate, file. What the rows
say is the engine's; here is only the table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from unwire import _engine, schema
from unwire.tables.conn import connections
from unwire.tables.table import Table

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: The logs there are.
LOGS = ("dns", "http", "ssl", "x509", "files")


class LogTable(Table):
    """A log; see `Trace.dns` and its siblings. Rows stand in the order in which they are complete."""

    def __init__(
        self,
        trace: Trace,
        log: str,
        *,
        hashes: bool = True,
        workers: int | None = None,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> None:
        generation = schema.current()
        super().__init__(trace, generation, (), "first", workers, on_progress)
        self.log, self._hashes, self._asked = log, hashes, connections(generation)
        self.types = dict(_engine.log_columns(log))
        self.columns = list(self.types)

    def _begin(self, sources: list[_engine.Source]) -> _engine.Stream:
        where = self._where.engine if self._where else None
        return self._asked.log(self.log, sources, self._workers, self._trace.link_type, where, self._hashes)

    def slice(self, path: str | os.PathLike[str], *, force: bool = False) -> int:
        """Not for logs: `frames` tells the packets of a row, and ``unwire slice --frames`` cuts them out."""
        raise TypeError("a row of a log is no packet; its column frames tells the packets: unwire slice FILE --frames … -w OUT")

    def zeek(self) -> Iterable[bytes]:
        """Yield the log as Zeek writes it: tab-separated, with its lines at the head and the end."""
        from unwire.tables.export import zeek

        yield from zeek(self, self.log, self.types)
