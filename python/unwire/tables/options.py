"""One row for each option of each packet, of whatever protocol: read as objects, so that what a user's own pair of functions makes is shown, too.

What an option is stands in its protocol's file. For values of many packets, columns are the way (`packets("tcp.options.mss_val")`); here options
keep their order, and bad ones their reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from unwire.declare import Area, Numbers
from unwire.errors import UnpackError

if TYPE_CHECKING:
    from unwire.capture.trace import Trace


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
        classes = Numbers("link")
        for number, record in enumerate(self._trace.records(), 1):
            cls = classes.get(record.link_type)
            if cls is None:
                continue
            try:
                packet = cls(record.data)
            except UnpackError:
                continue
            for layer in packet.layers:
                yield from self._rows(number, layer)

    def _rows(self, frame: int, layer: Any) -> Iterator[OptionRow]:
        name = layer.__layer__.get("name") or type(layer).__name__.lower()
        if self._layers and name not in self._layers:
            return
        for field, shown in type(layer).__conversions__.items():
            if isinstance(shown, Area):
                for index, option in enumerate(getattr(layer, field).all):
                    said = option.to_dict()
                    values = {key: value for key, value in said.items() if key in option.names()}
                    yield OptionRow(frame, name, index, int(option.code), type(option).__name__, len(bytes(option)), values, option.reason)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [asdict(row) for row in self]

    def _columns(self) -> dict[str, list[Any]]:
        import json

        rows = [{**asdict(row), "values": json.dumps(row.values)} for row in self]
        return {field.name: [row[field.name] for row in rows] for field in fields(OptionRow)}

    def to_arrow(self) -> Any:
        """The rows as a pyarrow table; values as JSON."""
        import pyarrow as pa

        types = [pa.uint64(), pa.string(), pa.uint16(), pa.uint64(), pa.string(), pa.uint32(), pa.string(), pa.string()]
        return pa.table(self._columns(), schema=pa.schema([(field.name, kind) for field, kind in zip(fields(OptionRow), types, strict=True)]))

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_polars(self) -> Any:
        """The rows as a polars data frame; values as JSON."""
        import polars

        return polars.from_arrow(self.to_arrow())
