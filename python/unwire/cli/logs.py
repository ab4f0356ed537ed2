"""The verbs that print a log, one for each that the engine has, and `unwire logs`, which writes all of them in one pass. Here is the choice of
columns and of a format.
"""

from __future__ import annotations

from typing import Any

import click

from unwire import _engine
from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.packets import account, lines
from unwire.cli.run import Run
from unwire.tables.export import parquet, pieces
from unwire.tables.logs import SUFFIXES, LogTable, Written, write_logs

_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "arrow", "parquet", "zeek")
CHECKSUMS = click.option(
    "--checksums", type=click.Choice(("ignore", "verify")), default="ignore", help="verify: packets with wrong ones are left out, and told."
)
EXTRACT = click.option("--extract", type=click.Path(file_okay=False), metavar="DIR", help="Write what files hold to this folder, under safe names.")


def verb(log: str) -> click.Command:
    """Make the command of a log."""
    row, shown = next((row, shown) for name, row, shown in _engine.logs_there_are() if name == log)

    def command(run: Run, **own: Any) -> int:
        style = style_of(run, _FORMATS, "table")
        if own.get("extract") is not None:
            own["force"] = run.force
        with run.progress(streams=True) as progress:
            table = LogTable(run.trace(), log, workers=run.workers, on_progress=progress, **own)
            with sink(run, style) as write:
                if style == "parquet":
                    parquet(table, write)
                elif style == "zeek":
                    for piece in table.zeek():
                        write(piece)
                else:
                    for piece in lines(table, run, shown) if style == "table" else pieces(table, style):
                        write(piece)
                code = account(run, table) if run.strict else 0
        return code or account(run, table)

    command.__doc__ = f"""Print a row for each {row}, with the columns of Zeek's {log}.log.

    The table for reading shows the main columns; all other formats have all of them, and -T zeek is a {log}.log.
    """
    function = CHECKSUMS(command)
    if "extracted" in dict(_engine.log_columns(log)):
        function = EXTRACT(function)
    return click.command(log)(flags.reads(*_FORMATS)(function))


@click.command("logs")
@flags.reads(*SUFFIXES)
@click.option("--dir", "folder", required=True, type=click.Path(file_okay=False), metavar="DIR", help="The folder to write to.")
@click.option("--only", metavar="NAMES", help="Only these logs, such as conn,dns.")
@CHECKSUMS
@EXTRACT
def logs(run: Run, folder: str, only: str | None, checksums: Any, extract: str | None) -> int:
    """Write all logs to files of a folder, in one pass over the captures: conn.log, dns.log, http.log and so on.

    A log without rows has no file. Files appear when all of them are whole; existing ones are only replaced with --force. -T chooses Zeek's
    own form, JSON, JSON lines or Parquet (needs pyarrow).
    """
    if run.out is not None:
        raise click.UsageError("logs are several files: --dir DIR says where")
    names = [name.strip() for name in only.split(",")] if only else []

    def told(written: Written) -> int:
        return run.account((name, loss["reasons"]) for name, loss in zip(written.names, written.loss, strict=False))

    with run.progress(streams=True) as progress:
        try:
            written = write_logs(
                run.trace(),
                folder,
                style=run.style or "zeek",
                only=names,
                checksums=checksums,
                extract=extract,
                force=run.force,
                workers=run.workers,
                on_progress=progress,
                accept=told if run.strict else None,
            )
        except ValueError as error:
            if isinstance(error, _engine.CaptureError):
                raise
            raise click.UsageError(str(error)) from None
    for name, path in written.files.items():
        run.say(f"{path}: {written.rows[name]:,} row{'' if written.rows[name] == 1 else 's'}")
    return told(written)
