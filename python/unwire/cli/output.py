"""Where results go: standard output or a file that appears whole, with control characters made visible on a terminal. Knows no verb and no layout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from unwire.cli.run import Run

#: Formats that are no text.
BINARY = ("arrow", "parquet")
#: The format that the name of an OUT file asks for.
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".parquet": "parquet",
    ".log": "zeek",
}

# C0 and C1 controls, and the marks that turn the direction of text: names in captures are chosen by strangers.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_CONTROLS |= {code: f"\\u{code:04x}" for code in (0x061C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_CONTROLS |= {9: "\\t", 10: "\\n", 13: "\\r"}
_IN_ROWS = {code: text for code, text in _CONTROLS.items() if code not in (9, 10)}


def visible(text: str) -> str:
    """Return text with its control characters written as escapes: what a terminal would obey, it shows instead."""
    return text.translate(_CONTROLS)


def style_of(run: Run, formats: tuple[str, ...], default: str) -> str:
    """Return the format that is asked for: by -T, else by the name of OUT, else `default`."""
    if run.style:
        return run.style
    named = SUFFIXES.get(Path(run.out).suffix.lower()) if run.out else None
    return named if named in formats else default


@contextmanager
def sink(run: Run, style: str = "table") -> Iterator[Callable[[bytes], object]]:
    """Give a function that writes bytes to where the result goes; a file is renamed into place when the block ends well."""
    if run.out is not None and run.out != "-":
        from unwire.tables.write import replacing

        with replacing(Path(run.out), force=run.force) as file:
            yield file.write
        return
    if sys.stdout is None:
        raise click.UsageError("standard output is closed: use -o OUT")
    terminal = sys.stdout.isatty()
    if terminal and style in BINARY:
        raise click.UsageError(f"{style} is no text for a terminal: use -o OUT or a pipe")
    stream = sys.stdout.buffer

    def shown(rows: bytes) -> None:
        stream.write(rows.decode("utf-8", "replace").translate(_IN_ROWS).encode("utf-8"))

    try:
        # A table was made visible cell by cell, and may hold colours of its own.
        yield shown if terminal and style != "table" else stream.write
        stream.flush()
    except OSError as error:
        from unwire.tables.write import naming

        raise naming(error, "standard output") from None
