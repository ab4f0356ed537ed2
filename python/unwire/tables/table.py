"""`Table`: a query over a capture that runs when it is read, and again when it is read again."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unwire import _engine, schema
from unwire.capture.naming import naming
from unwire.errors import UnwireError

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: Rows that `repr` shows.
_SHOWN = 10


class Table:
    """Columns of a capture. Lazy: each reading is a pass over the capture, with the schema of the moment the table was made.

    It implements the Arrow PyCapsule interface, so ``polars.DataFrame(packets)``, ``pyarrow.table(packets)`` and
    ``duckdb.sql("select … from packets")`` take it as it is. After a pass, `loss` says what the captures lost.
    """

    def __init__(
        self,
        trace: Trace,
        generation: _engine.Schema,
        columns: Sequence[str],
        occurrence: str,
        workers: int | None,
        on_progress: Callable[[int, int | None], None] | None = None,
        *,
        reassemble: bool = False,
    ) -> None:
        for name in columns:
            if not generation.has_column(name):
                raise schema.unknown(name, generation)
        if workers is not None and workers < 1:
            raise ValueError(f"workers is 1 or more, not {workers}")
        if occurrence not in ("first", "last", "all"):
            raise ValueError(f"occurrence is 'first', 'last' or 'all', not {occurrence!r}")
        self._trace, self._schema, self._occurrence = trace, generation, occurrence
        self._where = trace.where
        self._workers = min(workers or os.cpu_count() or 1, 1024)
        self._on_progress, self._reassemble = on_progress, reassemble
        self._limit: int | None = None
        self.columns = list(columns)
        #: What the last pass lost, one account a capture: see `_engine.Info.loss`.
        self.loss: list[dict[str, Any]] = []
        #: The containers read by the last pass.
        self.info: list[_engine.Info] = []

    def stream(self) -> _engine.Stream:
        """Begin a pass over the captures, one after the other. Most callers want `batches`."""
        return self._begin(list(self._trace.sources()))

    def _begin(self, sources: list[_engine.Source]) -> _engine.Stream:
        where = self._where.engine if self._where else None
        # Which row was shown before is known to one thread alone.
        workers = 1 if "frame.time_delta_displayed" in self.columns else self._workers
        return _engine.Stream(sources, self._schema, self.columns, self._occurrence, workers, self._trace.link_type, where, self._reassemble)

    @property
    def names(self) -> list[str]:
        """What the captures are called, in the order of `loss`."""
        return self._trace.names

    def limit(self, rows: int) -> Table:
        """Return the same table cut after its first `rows` rows; no more of the captures is read than they need."""
        if rows < 0:
            raise ValueError(f"a table has 0 or more rows, not {rows}")
        cut = copy.copy(self)
        cut._limit = rows if self._limit is None else min(rows, self._limit)
        cut.loss, cut.info = [], []
        return cut

    def batches(self) -> Iterator[_engine.Batch]:
        """Yield batches of rows; each implements the Arrow PyCapsule interface, too."""
        for _, batch in self._pass():
            if batch is not None:
                yield batch

    def ipc(self) -> Iterator[bytes]:
        """Yield the table as an Arrow IPC stream, piece by piece; needs no other package."""
        writer = None
        for stream, batch in self._pass():
            writer = writer or _engine.IpcWriter(stream)
            if batch is not None:
                yield writer.write(batch)
        if writer:
            yield writer.finish()

    def _pass(self) -> Iterator[tuple[_engine.Stream, _engine.Batch | None]]:
        """Yield the stream of a pass, first with None and then with each of its batches; note the loss at its end."""
        self.loss, self.info = [], []
        size = self._trace.size if self._on_progress else None
        sources, names = list(self._trace.sources()), self._trace.names
        with naming(names[0]):
            stream = self._begin(sources)
        left = self._limit
        try:
            yield stream, None
            while left != 0:
                try:
                    batch = next(stream, None)
                except (OSError, _engine.CaptureError):
                    # The capture that cannot be opened is the one behind those that are accounted for.
                    with naming(names[min(len(stream.infos()), len(names) - 1)]):
                        raise
                if batch is None:
                    break
                if left is not None:
                    batch = batch.slice(0, min(left, len(batch)))
                    left -= len(batch)
                yield stream, batch
                if self._on_progress:
                    self._on_progress(sum(source.position for source in sources), size)
        finally:
            self.info = stream.infos()
            self.loss = [info.loss() for info in self.info]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        if self._limit is not None:
            return self.to_arrow().__arrow_c_stream__(requested_schema)
        return self.stream().__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> Any:
        """Return a `pyarrow.Table` (needs pyarrow)."""
        pyarrow = need("pyarrow")
        batches = [pyarrow.record_batch(batch) for batch in self.batches()]
        if batches:
            return pyarrow.Table.from_batches(batches)
        return self._nothing()

    def to_polars(self) -> Any:
        """Return a `polars.DataFrame` (needs polars)."""
        polars = need("polars")
        frames = [polars.DataFrame(batch) for batch in self.batches()]
        return polars.concat(frames, how="vertical_relaxed") if frames else polars.read_ipc_stream(b"".join(self.limit(0).ipc()))

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame` (needs pandas and pyarrow)."""
        need("pandas")
        return self.to_arrow().to_pandas()

    def to_parquet(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write a Parquet file (needs pyarrow), beside `path` and then renamed; an existing file is kept unless `force`."""
        from unwire.tables.write import replacing

        need("pyarrow")
        with replacing(Path(path), force=force) as file:
            self.write_parquet(file)

    def write_parquet(self, file: Any) -> None:
        """Write Parquet to a binary file object, a row group a batch (needs pyarrow)."""
        pyarrow, parquet = need("pyarrow"), need("pyarrow.parquet")
        writer = None
        for batch in self.batches():
            rows = pyarrow.record_batch(batch)
            writer = writer or parquet.ParquetWriter(file, rows.schema, compression="zstd")
            writer.write_batch(rows)
        if writer is None:
            writer = parquet.ParquetWriter(file, self._nothing().schema, compression="zstd")
        writer.close()

    def slice(self, path: str | os.PathLike[str], *, force: bool = False) -> int:
        """Write the packets that have a row to a capture, as they stand in theirs, and return how many they are; the suffix chooses the format.

        Interfaces, comments, names and secrets are kept. The file is written beside and renamed; an existing one is kept unless `force`.
        """
        from unwire.capture.slicing import write

        return write(self._trace, path, force=force, limit=self._limit).packets

    def _nothing(self) -> Any:
        """Return a `pyarrow.Table` without rows, of the right types."""
        return need("pyarrow").ipc.open_stream(b"".join(self.limit(0).ipc())).read_all()

    def head(self, rows: int = _SHOWN) -> list[dict[str, Any]]:
        """Return the first rows as dicts; reads no further than they need."""
        import json

        for batch in self.batches():
            lines = bytes(batch.text("jsonl", rows=rows)).splitlines()
            return [json.loads(line) for line in lines]
        return []

    def __iter__(self) -> Iterator[dict[str, Any]]:
        import json

        for batch in self.batches():
            for line in bytes(batch.text("jsonl")).splitlines():
                yield json.loads(line)

    def __repr__(self) -> str:
        return f"<Table of {len(self.columns)} columns over {', '.join(self._trace.names)}: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        import html

        rows = self.head()
        cells = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape('' if row[name] is None else str(row[name]))}</td>" for name in self.columns) + "</tr>"
            for row in rows
        )
        return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table><p>first {len(rows)} rows</p>"


def need(package: str) -> Any:
    """Return an optional package, or say what brings it."""
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError:
        raise UnwireError(f"this needs {package.partition('.')[0]}: pip install {package.partition('.')[0]}") from None
