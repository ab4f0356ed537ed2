"""A table written out as it is read: text of several styles, JSON, Arrow, Parquet. The engine makes the bytes; files are write.py's."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from unwire import _engine
    from unwire.tables.table import Table

#: Styles of `pieces`.
STYLES = ("fields", "csv", "tsv", "json", "jsonl", "arrow", "parquet")


@dataclass(frozen=True)
class Layout:
    """How text is laid out, as tshark's ``-E``: for the style fields; `header` is for CSV and TSV, too (None: they have one, fields none)."""

    header: bool | None = None
    separator: str = "\t"
    aggregator: str = ","
    quote: str | None = None


def pieces(table: Table, style: str, layout: Layout | None = None) -> Iterator[bytes]:
    """Yield a table in one of `STYLES`, piece by piece; memory does not grow with the table."""
    layout = layout or Layout()
    if style == "arrow":
        yield from table.ipc()
    elif style == "json":
        yield from _json(table)
    elif style == "jsonl":
        yield from (batch.text("jsonl") for batch in table.batches())
    elif style in ("fields", "csv", "tsv"):
        yield from _text(table, style, layout)
    else:
        raise ValueError(f"style is one of {', '.join(STYLES)}, not {style!r}" if style != "parquet" else "Parquet goes to a file: see parquet()")


def zeek(table: Table, path: str, types: Mapping[str, str]) -> Iterator[bytes]:
    """Yield a log as Zeek writes it; columns whose type is not told are counts."""
    yield _zeek_head(path, table.columns, types)
    yield from (batch.text("zeek") for batch in table.batches())
    yield _zeek_end()


def _zeek_head(path: str, columns: Sequence[str], types: Mapping[str, str]) -> bytes:
    head = ("#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", f"#path\t{path}", f"#open\t{_now()}")
    names, kinds = "\t".join(columns), "\t".join(types.get(name, "count") for name in columns)
    return ("\n".join(head) + f"\n#fields\t{names}\n#types\t{kinds}\n").encode()


def _zeek_end() -> bytes:
    return f"#close\t{_now()}\n".encode()


def _now() -> str:
    from datetime import datetime

    return datetime.now(UTC).strftime("%Y-%m-%d-%H-%M-%S")


class Sheet:
    """A file of one log, written batch by batch as Zeek's text, JSON, JSON lines or Parquet (needs pyarrow)."""

    def __init__(self, file: BinaryIO, style: str, path: str, columns: Sequence[str], types: Mapping[str, str]) -> None:
        """Begin a file."""
        self._file, self._style = file, style
        self._parquet: Any = None
        self._rows = 0
        if style == "zeek":
            file.write(_zeek_head(path, columns, types))

    def add(self, batch: _engine.Batch) -> None:
        """Add rows."""
        if self._style == "json":
            self._file.write((b",\n" if self._rows else b"[\n") + _array(batch))
        elif self._style != "parquet":
            self._file.write(batch.text(self._style))
        self._rows += len(batch)
        if self._style != "parquet":
            return
        from unwire.tables.table import need

        rows = need("pyarrow").record_batch(batch)
        if self._parquet is None:
            self._parquet = need("pyarrow.parquet").ParquetWriter(self._file, rows.schema, compression="zstd")
        self._parquet.write_batch(rows)

    def end(self) -> None:
        """Write what is at the end."""
        if self._style == "zeek":
            self._file.write(_zeek_end())
        elif self._style == "json":
            self._file.write(b"\n]\n" if self._rows else b"[]\n")
        elif self._parquet is not None:
            self._parquet.close()


def parquet(table: Table, write: Callable[[bytes], object]) -> None:
    """Write a table as Parquet, a row group a batch (needs pyarrow)."""
    table.write_parquet(Bytes(write))


def _text(table: Table, style: str, layout: Layout) -> Iterator[bytes]:
    header = style != "fields" if layout.header is None else layout.header
    if header:
        separator = {"fields": layout.separator, "csv": ",", "tsv": "\t"}[style]
        quote = (layout.quote or "") if style == "fields" else ""
        yield (separator.join(f"{quote}{name}{quote}" for name in table.columns) + "\n").encode()
    for batch in table.batches():
        if style == "fields":
            yield batch.text("fields", layout.separator, layout.aggregator, layout.quote)
        else:
            yield batch.text(style)


def _json(table: Table) -> Iterator[bytes]:
    begun = False
    for batch in table.batches():
        rows = _array(batch)
        if rows:
            yield (b",\n" if begun else b"[\n") + rows
            begun = True
    yield b"\n]\n" if begun else b"[]\n"


def _array(batch: _engine.Batch) -> bytes:
    # A line end inside a text is escaped in JSON.
    return batch.text("jsonl").rstrip(b"\n").replace(b"\n", b",\n")


class Bytes(io.RawIOBase):
    """A function that takes bytes, as the file that Parquet's writer wants."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        """Write by this function."""
        self._write = write
        self._at = 0

    def writable(self) -> bool:
        """Return that it is."""
        return True

    def write(self, data: Any) -> int:
        """Pass bytes on."""
        piece = bytes(data)
        self._write(piece)
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Return how many bytes were passed on."""
        return self._at
