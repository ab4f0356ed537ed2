"""The verbs that print a log: `unwire dns`, `http`, `ssl`, `x509`, `files`. Here is the choice of columns and of a format."""

from __future__ import annotations

import click

from unwire.cli import flags
from unwire.cli.output import sink, style_of
from unwire.cli.packets import account, lines
from unwire.cli.run import Run
from unwire.tables.export import parquet, pieces
from unwire.tables.logs import LogTable

_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "arrow", "parquet", "zeek")
#: What a table for reading shows.
SHOWN = {
    "dns": ("ts", "id.orig_h", "id.resp_h", "query", "qtype_name", "rcode_name", "answers", "rtt"),
    "http": ("ts", "id.orig_h", "id.resp_h", "id.resp_p", "method", "host", "uri", "status_code", "response_body_len", "resp_mime_types"),
    "ssl": ("ts", "id.orig_h", "id.resp_h", "id.resp_p", "version", "cipher", "server_name", "next_protocol", "established", "ja4"),
    "x509": ("ts", "certificate.subject", "certificate.issuer", "certificate.not_valid_after", "certificate.key_type", "san.dns"),
    "files": ("ts", "fuid", "id.orig_h", "id.resp_h", "source", "mime_type", "seen_bytes", "filename", "sha256"),
}


def verb(log: str, about: str) -> click.Command:
    """Make the command of a log."""

    def command(run: Run) -> int:
        style = style_of(run, _FORMATS, "table")
        with run.progress(streams=True) as progress:
            table = LogTable(run.trace(), log, workers=run.workers, on_progress=progress)
            with sink(run, style) as write:
                if style == "parquet":
                    parquet(table, write)
                elif style == "zeek":
                    for piece in table.zeek():
                        write(piece)
                else:
                    for piece in lines(table, run, SHOWN[log]) if style == "table" else pieces(table, style):
                        write(piece)
                code = account(run, table) if run.strict else 0
        return code or account(run, table)

    command.__doc__ = f"""Print {about}, with the columns of Zeek's {log}.log.

    The table for reading shows the main columns; all other formats have all of them, and -T zeek is a {log}.log.
    """
    return click.command(log)(flags.reads(*_FORMATS)(command))
