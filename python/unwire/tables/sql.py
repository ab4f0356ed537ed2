"""SQL over captures: DuckDB (optional) asks, packets and logs are its tables. A table is read only where a statement names it, and of packets only
the columns that the statement needs: DuckDB's plan over empty tables says which, and the engine reads no others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from unwire import schema
from unwire.errors import UnwireError
from unwire.suggest import suggest
from unwire.tables.logs import LOGS, LogTable
from unwire.tables.table import Table, need

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: The tables there are.
NAMES = ("packets", "conn", *LOGS)
#: Columns of files that cost more than reading.
HASHES = {"md5", "sha1", "sha256"}

Progress = Callable[[int, int | None], None]


class Query:
    """A statement over the tables of a trace: `relation` is DuckDB's, read when it is asked for; `tables` are those that it reads."""

    def __init__(self, trace: Trace, statement: str, *, workers: int | None = None, on_progress: Progress | None = None) -> None:
        """Plan a statement; nothing is read."""
        self._trace, self._workers, self._on_progress = trace, workers, on_progress
        duckdb = need("duckdb")
        need("pyarrow")
        # What captures hold is data: a statement reads the captures, and no other file.
        # Nor does it see Python's variables.
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("set python_enable_replacements = false; set enable_external_access = false; set lock_configuration = true")
        try:
            needed = _needed(duckdb, self._empty, statement)
            self.tables: dict[str, Table] = {}
            for name, columns in needed.items():
                table = self._table(name, columns)
                self.tables[name] = table
                self._connection.register(name, _Reading(table, self._shape(name, columns, statement)))
            if not needed:  # it may ask which tables there are, and what columns they have
                for name in NAMES:
                    self._connection.register(name, self._empty(name))
            self.relation: Any = self._connection.sql(statement)
        except duckdb.Error as error:
            self.close()
            raise UnwireError(str(error).partition("\n")[0]) from None

    def close(self) -> None:
        """Forget the tables; what was not read of the relation is lost."""
        self.relation = None
        self._connection.close()

    def batches(self) -> Iterator[Any]:
        """Yield the result as `pyarrow.RecordBatch`es."""
        duckdb, pyarrow = need("duckdb"), need("pyarrow")
        try:
            yield from pyarrow.RecordBatchReader.from_stream(self.relation)
        except duckdb.Error as error:
            raise UnwireError(str(error).partition("\n")[0]) from None

    def _empty(self, name: str) -> Any:
        """Return a table without rows, of all columns that there are."""
        names = [column["name"] for column in schema.current().columns()] if name == "packets" else ()
        return _plain(self._table(name, names)._nothing())

    def _shape(self, name: str, columns: list[str], statement: str) -> Any:
        """Return the columns that a statement may name, as an Arrow schema: of packets those that it needs, and what is named and not needed."""
        if name != "packets":
            return self._empty(name).schema
        named = [column["name"] for column in schema.current().columns() if column["name"] in statement and column["name"] not in columns]
        return _plain(self._table(name, [*columns, *named])._nothing()).schema

    def _table(self, name: str, columns: Any) -> Table:
        trace, more = self._trace, {"workers": self._workers, "on_progress": self._on_progress}
        if name == "packets":
            # A count of packets names no column.
            return trace.packets(*(columns or ("frame.number",)), **more)  # type: ignore[arg-type]
        if name == "conn":
            return trace.conn(**more)  # type: ignore[arg-type]
        return LogTable(trace, name, hashes=bool(HASHES & set(columns)), **more)  # type: ignore[arg-type]


def _needed(duckdb: Any, empty: Callable[[str], Any], statement: str) -> dict[str, list[str]]:
    """Return the tables that a statement reads, and the columns of each."""
    kinds = [one.type for one in duckdb.extract_statements(statement)]
    if kinds != [duckdb.StatementType.SELECT]:
        raise UnwireError("this takes one statement that asks: select … from …")
    with duckdb.connect(":memory:") as planner:
        for name in NAMES:
            if name in statement.lower():
                nothing = empty(name)
                planner.register("nothing", nothing)
                planner.execute(f"create table {name} as select * from nothing")
        planner.execute("set python_enable_replacements = false; set enable_external_access = false")
        # Without the others, each scan lists all columns that are read of it, those of conditions too, and none is left out because it is empty.
        others = planner.execute("select name from duckdb_optimizers()").fetchall()
        off = ",".join(name for (name,) in others if name not in ("unused_columns", "column_lifetime", "cte_inlining"))
        planner.execute(f"set disabled_optimizers = '{off}'")
        try:
            plan = json.loads(planner.execute(f"explain (format json) {statement}").fetchall()[0][1])
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            names = [name for (name,) in planner.execute("select column_name from duckdb_columns() where not internal").fetchall()]
            raise UnwireError(str(error).partition("\n")[0].rstrip("!.") + _hint(str(error), statement, names)) from None
    needed: dict[str, list[str]] = {}
    for scan in _scans(plan):
        told = scan["extra_info"].get("Projections", [])
        columns = needed.setdefault(scan["extra_info"]["Table"].rpartition(".")[2].strip('"'), [])
        columns += [name for name in ([told] if isinstance(told, str) else told) if name and name not in columns]
    return needed


def _hint(said: str, statement: str, columns: list[str]) -> str:
    """Return what may have been meant where DuckDB does not know a name."""
    missing = re.match(
        r'.*(?:Referenced (table|column)|Table with name|column named) "?(.+?)"?(?: not found| does not exist|$)', said.partition("\n")[0]
    )
    if missing is None:
        return ""
    kind, name = missing.groups()
    if "Table with name" in said:
        return suggest(name, NAMES)
    dotted = [one for one in re.findall(r'(?<![\w."])(?:\w+\.)+\w+', statement) if name in one.split(".")]
    for one in dotted:
        # Whoever gives a table another name writes it in front.
        for known in (one, one.partition(".")[2]):
            if known in columns:
                return f'; names with dots stand between double quotes: "{known}"'
    if dotted and kind != "column" and any(known.startswith(f"{name}.") for known in columns):
        return f"; names with dots stand between double quotes{suggest(dotted[0], columns)}"
    return suggest(name, columns)


def _scans(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if "Table" in node.get("extra_info", {}):
            yield node
        yield from _scans(node.get("children", []))


class _Reading:
    """A table as DuckDB reads it, each time anew; a pass for each. Columns that nobody needs have no values."""

    def __init__(self, table: Table, shape: Any) -> None:
        self._table, self._shape = table, shape

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        pyarrow = need("pyarrow")
        return pyarrow.RecordBatchReader.from_batches(self._shape, self._batches()).__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[Any]:
        pyarrow = need("pyarrow")
        for batch in self._table.batches():
            rows = _plain(pyarrow.record_batch(batch))
            read = dict(zip(rows.schema.names, rows.columns, strict=True))
            columns = [read[field.name] if field.name in read else pyarrow.nulls(len(batch), field.type) for field in self._shape]
            yield pyarrow.RecordBatch.from_arrays(columns, schema=self._shape)


def _plain(rows: Any) -> Any:
    """Give durations as seconds: DuckDB's intervals count months and microseconds, and do not add up to nanoseconds.

    Texts in lists are given as they are: DuckDB cannot read lists of numbers of texts where all of them are empty.
    """
    pyarrow = need("pyarrow")
    for at, field in enumerate(rows.schema):
        kind = field.type
        if pyarrow.types.is_duration(kind):
            rows = rows.set_column(at, field.name, _seconds(rows.column(at)))
        elif pyarrow.types.is_list(kind) and pyarrow.types.is_duration(kind.value_type) and isinstance(rows, pyarrow.RecordBatch):
            lists = rows.column(at)
            made = pyarrow.ListArray.from_arrays(lists.offsets, _seconds(lists.values), mask=lists.is_null())
            rows = rows.set_column(at, field.name, made)
        elif pyarrow.types.is_list(kind) and pyarrow.types.is_duration(kind.value_type):
            rows = rows.set_column(at, field.name, pyarrow.nulls(rows.num_rows, pyarrow.list_(pyarrow.float64())))
        elif pyarrow.types.is_list(kind) and pyarrow.types.is_dictionary(kind.value_type):
            rows = rows.set_column(at, field.name, rows.column(at).cast(pyarrow.list_(pyarrow.string())))
        elif pyarrow.types.is_timestamp(kind):
            # All times are UTC; DuckDB's times with a zone have microseconds.
            rows = rows.set_column(at, field.name, rows.column(at).cast(pyarrow.timestamp("ns")))
    return rows


def _seconds(durations: Any) -> Any:
    pyarrow, compute = need("pyarrow"), need("pyarrow.compute")
    return compute.divide(durations.cast(pyarrow.int64()).cast(pyarrow.float64()), 1e9)
