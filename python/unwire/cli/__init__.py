"""The command line: finds the verb and turns what went wrong into an exit code. A verb's module is imported only when it is used.

Exit codes: 0 all read, 1 wrong usage, 2 cannot read or write, 3 read in part (the loss is on standard error), 130 interrupted.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import cast

import click

import unwire
from unwire.errors import FilterError, UnknownField, UnwireError

USAGE, UNREADABLE, PARTIAL, INTERRUPTED = 1, 2, 3, 130

#: The logs, which have no modules: each is made from what the engine says of it.
_LOGS = {
    "dns": "Questions of DNS with their answers, as in Zeek's dns.log.",
    "http": "Requests of HTTP with their responses, as in Zeek's http.log.",
    "ssl": "Sessions of TLS, over TCP, QUIC and datagrams, as in Zeek's ssl.log, with JA3 and JA4.",
    "x509": "Certificates, as in Zeek's x509.log.",
    "files": "Files that HTTP carried: type by content, size, hashes, as in Zeek's files.log.",
    "quic": "Connections of QUIC, as in Zeek's quic.log, with JA4.",
    "weird": "What should not be, as in Zeek's weird.log: odd segments, cut headers, contradictions, caps.",
}
#: The verbs and what `--help` says of them; each is the command of that name in the module of that name, but for the logs.
VERBS = {
    "summary": "What is in a capture: protocols, talkers, services, connections, names, rates, trouble.",
    "info": "The container alone: format, interfaces, comments, what could not be read.",
    "packets": "Wireshark's packet list, or one row per packet: fields by their Wireshark names.",
    **_LOGS,
    "logs": "All logs to files of a folder, in one pass: Zeek's form, JSON, JSON lines or Parquet.",
    "conn": "Connections, as in Zeek's conn.log: who talked to whom, how long, how much, and how it went.",
    "match": "The packets that an expression in Pktt's language finds.",
    "follow": "What the two sides of a stream said.",
    "streams": "The streams there are; with --dir one file for each side of each.",
    "slice": "Write the packets that match to a capture, as they stand.",
    "fields": "The fields and protocols there are.",
    "sql": "SQL over packets and all logs (needs duckdb).",
    "stats": "Counts: protocols, talkers, endpoints, conversations, ports, interval.",
}


class Verbs(click.Group):
    """A group whose commands are imported when they are asked for; files without a verb mean `summary`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the grammar."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in VERBS:
            return None
        if cmd_name in _LOGS:
            verb = importlib.import_module("unwire.cli.logs").verb
            return cast("click.Command", verb(cmd_name))
        command: click.Command = getattr(importlib.import_module(f"unwire.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing one."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `summary` before files and flags that follow no verb."""
        verb = 0
        while args[verb : verb + 1] == ["--load"]:
            verb += 2
        if not args or args[verb : verb + 1] in (["--help"], ["-h"], ["--version"]):
            return super().parse_args(ctx, args or ["--help"])
        if args[verb : verb + 1] and args[verb] not in VERBS:
            _check_verb(args[verb])
            args = [*args[:verb], "summary", *args[verb:]]
        return super().parse_args(ctx, args)


def _check_verb(word: str) -> None:
    """Refuse a word that is no file and nearly a verb."""
    if word.isalnum() and not os.path.lexists(word):
        from unwire.suggest import suggest

        hint = suggest(word, VERBS)
        if hint:
            raise UnwireError(f"no verb or file {word!r}{hint}")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]}, options_metavar="[--load MY.py]", subcommand_metavar="VERB …")
@click.version_option(unwire.__version__, prog_name="unwire", message="%(prog)s %(version)s")
@click.option("--load", "load", multiple=True, metavar="MY.py", help="Declare the protocols of a Python file first; each verb takes it, too.")
@click.pass_context
def cli(ctx: click.Context, load: tuple[str, ...]) -> None:
    """Turn captured network traffic into answers.

    `unwire FILE…` alone is `unwire summary FILE…`. Captures are pcap, pcapng or snoop, plain or compressed; `-` is standard input.
    Times are printed in UTC, and end in Z.
    """
    ctx.obj = load


def main(args: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from unwire.cli.standard import stand_in

        stand_in()
    code = _run(list(sys.argv[1:] if args is None else args))
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        code = code or _say(f"standard output: {error.strerror}", UNREADABLE)
    return code


def _run(args: list[str]) -> int:
    try:
        with cli.make_context("unwire", args) as ctx:
            code = cli.invoke(ctx)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except FilterError as error:
        return _say(error, USAGE, lines=True)
    except (UnknownField, FileExistsError) as error:
        return _say(error, USAGE)
    except OSError as error:
        return _say(f"{os.fspath(error.filename)}: {error.strerror}" if error.filename else error.strerror or error, UNREADABLE)
    except UnwireError as error:
        return _say(error, UNREADABLE)
    except Exception as error:
        engine = sys.modules.get("unwire._engine")
        if engine is not None and isinstance(error, engine.CaptureError):
            return _say(error, UNREADABLE)
        declare = sys.modules.get("unwire.declare.errors")
        if declare is not None and isinstance(error, declare.DeclarationError):
            return _say(error, USAGE)
        raise


def _say(what: object, code: int, *, lines: bool = False) -> int:
    from unwire.cli.output import visible

    text = "\n".join(map(visible, str(what).split("\n"))) if lines else visible(str(what))
    click.echo(f"unwire: {text}", err=True)
    return code


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere: whoever read us has seen enough."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
