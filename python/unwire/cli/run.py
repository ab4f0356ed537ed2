"""One run of a verb: the shared flags' values, the captures they name, progress, and the account of what was lost. Knows no verb."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unwire.errors import UnwireError

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: What a reason of loss means; the names are the engine's.
WORDS = {
    "torn_tail": "the capture ends in the middle of a record",
    "torn_compressed_data": "the compressed data ends too early",
    "bad_compressed_data": "the compressed data is damaged",
    "decompression_limit": "the compressed data grows beyond any honest ratio",
    "record_too_long": "a packet is longer than its link type allows",
    "bad_record_length": "a record does not hold its own packet",
    "zero_length_block": "a block has length 0",
    "bad_block_length": "a block has an impossible length",
    "block_too_short": "a block is too short for its type",
    "block_too_long": "a block is too long to be held",
    "packet_beyond_block": "a packet is longer than its block",
    "unknown_interface": "a packet is of an interface that is not described",
    "bad_section": "a section header is damaged",
    "kept_limit": "more names, secrets and other blocks than are kept",
    "time_out_of_range": "a time is beyond what 64 bits of nanoseconds hold, and shown as the nearest that they do",
}
#: Work that takes less than this many seconds shows no bar.
_PATIENCE = 1.0


class LossError(UnwireError):
    """A loss under `--strict`."""


@dataclass
class Run:
    """The values of the shared flags, and what a verb does with them."""

    style: str | None = None
    out: str | None = None
    force: bool = False
    quiet: bool = False
    color: str = "auto"
    load: tuple[str, ...] = ()
    json: bool = False
    files: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    where: str | None = None
    bpf: str | None = None
    after: str | None = None
    before: str | None = None
    capture: str | None = None
    link_type: int | None = None
    decode_as: tuple[str, ...] = ()
    workers: int | None = None
    strict: bool = False
    no_progress: bool = False

    def begin(self, reads: bool) -> None:
        """Check what the flags say together, and load the user's protocols."""
        if self.json:
            if self.style not in (None, "json"):
                raise click.UsageError(f"--json is -T json; it does not go with -T {self.style}")
            self.style = "json"
        if reads and not self.files and not self.read:
            raise click.UsageError("no capture given: name a FILE, or - for standard input")
        if (*self.files, *self.read).count("-") > 1:
            raise click.UsageError("standard input can be read only once")
        if self.out is not None and self.out != "-":
            from unwire.tables.write import check

            check(Path(self.out), force=self.force)
        if self.capture is not None and self.capture != "-":
            from unwire.tables.write import check

            check(Path(self.capture), force=self.force)
        for path in self.load:
            from unwire import schema

            try:
                schema.load(path)
            except (OSError, TypeError):  # no such file; a declaration that cannot be meant
                raise
            except Exception as error:
                raise click.ClickException(f"{path}: {type(error).__name__}: {error}") from error

    def trace(self, *, live: bool = False, timeout: float | None = None) -> Trace:
        """Return the captures; with `live` they are followed."""
        from unwire.capture.trace import open

        trace = open([*self.read, *self.files], link_type=self.link_type, decode_as=self.decode_as, live=live, timeout=timeout)
        trace = trace if self.where is None else trace.filter(self.where)
        trace = trace if self.bpf is None else trace.bpf(self.bpf)
        return trace if self.after is None and self.before is None else trace.between(self.after, self.before)

    @property
    def colored(self) -> bool:
        """Whether the result goes to a terminal, or is to look as if it did."""
        if self.out is not None or self.color == "never":
            return False
        return self.color == "always" or (sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")

    def say(self, text: str) -> None:
        """Say something on standard error, unless `-q`."""
        from unwire.cli.output import visible

        if not self.quiet:
            click.echo(f"unwire: {visible(text)}", err=True)

    @contextmanager
    def progress(self, *, streams: bool = False) -> Iterator[Callable[[int, int | None], None] | None]:
        """Give a callback that shows a bar on a terminal once the work takes longer than a second.

        `streams` says that the result is written while it is made: then there is no bar if both go to the terminal.
        """
        if self.quiet or self.no_progress or not sys.stderr.isatty() or (streams and self.out is None and sys.stdout.isatty()):
            yield None
            return
        began, bar, task = time.monotonic(), None, None

        def show(done: int, size: int | None) -> None:
            nonlocal bar, task
            if bar is None:
                if time.monotonic() - began < _PATIENCE:
                    return
                bar = _bar()
                task = bar.add_task("reading", total=size)
                bar.start()
            bar.update(task, completed=done)

        try:
            yield show
        finally:
            if bar is not None:
                bar.stop()

    def account(self, lost: Iterable[tuple[str, list[tuple[str, int, int]]]]) -> int:
        """Report what each capture lost (name, [(reason, count, first offset)]) and return the exit code; under `--strict` a loss raises."""
        lines = [
            f"{name}: {WORDS.get(reason, reason)} ({reason}{f', {count} times' if count > 1 else ''}, first at byte {offset:,})"
            for name, reasons in lost
            for reason, count, offset in reasons
        ]
        if lines and self.strict:
            raise LossError("; ".join(lines))
        for line in lines:
            self.say(line)
        return 3 if lines else 0


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
