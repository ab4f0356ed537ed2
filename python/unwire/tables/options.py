"""One row for each option of each packet, of whatever protocol: read as objects, so that what a user's own pair of functions makes is shown, too.

What an option is stands in its protocol's file. For values of many packets, columns are the way (`packets("tcp.options.mss_val")`); here options
keep their order, and bad ones their reason.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from unwire.declare import Area, Numbers
from unwire.declare.options import held
from unwire.errors import UnpackError

if TYPE_CHECKING:
    from unwire.capture.trace import Trace


#: Rows that are in memory at a time where a table is made of them.
_BATCH = 8192


@functools.cache
def _areas(cls: Any) -> tuple[str, ...]:
    """The fields of a class that are lists of options."""
    return tuple(field for field, shown in cls.__conversions__.items() if isinstance(shown, Area))


@dataclass(frozen=True, slots=True)
class OptionRow:
    """An option: the frame's number, the layer that carries it, its place among that layer's options, its number, class and size in bytes, its values
    by name, and why it is bad if it is.
    """

    frame: int
    layer: str
    index: int
    number: int
    name: str
    length: int
    values: dict[str, Any]
    reason: str | None


class OptionTable:
    """The options of a capture, a row for each; every pass reads it anew. `layers` are those whose options are wanted, such as ``tcp``."""

    def __init__(self, trace: Trace, layers: tuple[str, ...] = ()) -> None:
        self._trace, self._layers = trace, layers

    def __iter__(self) -> Iterator[OptionRow]:
        spaces, classes = Numbers("link"), dict[int, Any]()
        for number, record in enumerate(self._trace.records(), 1):
            if record.link_type not in classes:
                classes[record.link_type] = spaces.get(record.link_type)
            if (cls := classes[record.link_type]) is None:
                continue
            try:
                packet = cls(record.data)
            except UnpackError:
                continue
            for layer in packet.layers:
                if areas := _areas(layer.__class__):
                    yield from self._rows(number, layer, areas)

    def _rows(self, frame: int, layer: Any, areas: tuple[str, ...]) -> Iterator[OptionRow]:
        name = layer.__layer__.get("name") or type(layer).__name__.lower()
        if self._layers and name not in self._layers:
            return
        for field in areas:
            for index, option in enumerate(getattr(layer, field).all):
                yield OptionRow(frame, name, index, int(option.code), type(option).__name__, len(bytes(option)), held(option), option.reason)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [asdict(row) for row in self]

    def stream(self) -> Any:
        """The rows as batches for pyarrow, made as they are asked for; values as JSON."""
        import json

        import pyarrow as pa

        types = [pa.uint64(), pa.string(), pa.uint16(), pa.uint64(), pa.string(), pa.uint32(), pa.string(), pa.string()]
        schema = pa.schema([(field.name, kind) for field, kind in zip(fields(OptionRow), types, strict=True)])

        def batches() -> Iterator[Any]:
            rows = iter(self)
            while some := list(itertools.islice(rows, _BATCH)):
                columns = [[getattr(row, name) for row in some] for name in schema.names]
                columns[schema.names.index("values")] = [json.dumps(row.values) for row in some]
                yield pa.record_batch([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], schema=schema)

        return pa.RecordBatchReader.from_batches(schema, batches())

    def to_arrow(self) -> Any:
        """The rows as a pyarrow table; values as JSON."""
        return self.stream().read_all()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.stream().__arrow_c_stream__(requested_schema)

    def to_polars(self) -> Any:
        """The rows as a polars data frame; values as JSON."""
        import polars

        return polars.from_arrow(self.to_arrow())
