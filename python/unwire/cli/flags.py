"""The flags that verbs share, each declared once: a verb takes them all by `@reads(…)` or `@shows(…)` and redefines none (a test looks)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from unwire.cli.run import Run

F = TypeVar("F", bound=Callable[..., Any])

#: Every output format there is; a verb names those that make sense for it.
FORMATS = ("table", "fields", "csv", "tsv", "json", "jsonl", "arrow", "parquet", "zeek")


#: How many packets there can be.
COUNT = click.IntRange(min=0, max=2**63 - 1)


class Seconds(click.FloatRange):
    """A time that passes: no less than none, and a number."""

    name = "seconds"

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        made = super().convert(value, param, ctx)
        if made != made:
            self.fail("a number of seconds is needed", param, ctx)
        return made


class Shared(click.Option):
    """An option of this module."""


class Files(click.Argument):
    """The captures of this module."""


def _link_type(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Read a LINKTYPE as a number or a name."""
    from unwire.data import link_types

    if value is None or (value.isdigit() and int(value) <= 0xFFFF):
        return None if value is None else int(value)
    for number, name in link_types().items():
        if name.lower() == value.lower():
            return number
    raise click.BadParameter(f"{value!r} is neither a LINKTYPE number (0 to 65535) nor a known name such as 'Ethernet'", ctx, param)


def _reading() -> list[click.Parameter]:
    """Return what a verb takes that reads captures."""
    return [
        Files(["files"], nargs=-1, metavar="FILE…"),
        Shared(["-r", "--read", "read"], multiple=True, metavar="FILE", help="Read this capture; the same as FILE. `-` is standard input."),
        Shared(["-Y", "--display-filter", "where"], metavar="EXPR", help="Only packets that a display filter in Wireshark's language matches."),
        Shared(["--bpf"], metavar="EXPR", help="Only packets that a capture filter in tcpdump's language matches; needs libpcap."),
        Shared(
            ["--after"],
            metavar="TIME",
            help='Only packets from this time on: "2024-05-01 12:34:56.5Z", as times are shown (UTC); without Z local; or seconds since 1970.',
        ),
        Shared(["--before"], metavar="TIME", help="Only packets before this time."),
        Shared(
            ["--link-type", "link_type"], callback=_link_type, metavar="LINKTYPE", help="The first layer of every packet, whatever the capture says."
        ),
        Shared(
            ["-d", "--decode-as", "decode_as"],
            multiple=True,
            metavar="TABLE==NUMBER,PROTOCOL",
            help="What a number means here: tcp.port==8888,http; ranges are 8000-8010 or 8000:11, and data leaves bytes. Many times.",
        ),
        Shared(
            ["-j", "--workers", "workers"], type=click.IntRange(min=1), metavar="N", help="Threads; all cores if left out. Never shows in the result."
        ),
        Shared(["--strict"], is_flag=True, help="Any loss is fatal: exit code 2."),
        Shared(["--no-progress", "no_progress"], is_flag=True, help="No progress bar."),
    ]


def _showing(formats: tuple[str, ...]) -> list[click.Parameter]:
    """Return what a verb takes that shows something."""
    made: list[click.Parameter] = [
        Shared(["-T", "--format", "style"], type=click.Choice(formats), help="How the result is written."),
        Shared(["-o", "--output", "out"], type=click.Path(), metavar="OUT", help="Write the result to a file, whole or not at all."),
        Shared(["--force"], is_flag=True, help="Replace an existing OUT."),
        Shared(["-q", "--quiet", "quiet"], is_flag=True, help="Say nothing on standard error but errors."),
        Shared(["--color"], type=click.Choice(("auto", "always", "never")), default="auto", help="Colours; auto: on a terminal."),
        Shared(["--load"], multiple=True, metavar="MY.py", help="Declare the protocols of a Python file first."),
    ]
    if "json" in formats:
        made.insert(1, Shared(["--json", "json"], is_flag=True, help="The same as -T json."))
    return made


def _writing() -> list[click.Parameter]:
    """Return what a verb takes that writes a capture."""
    return [
        Shared(["-w", "--write", "capture"], type=click.Path(), required=True, metavar="OUT", help="The capture to write; - is standard output."),
        *(parameter for parameter in _showing(()) if parameter.name in ("force", "quiet", "load")),
    ]


#: The names of all shared flags, for the test that no verb takes one for something else.
NAMES = frozenset(name for parameter in (*_reading(), *_showing(FORMATS), *_writing()) for name in parameter.opts)


def reads(*formats: str) -> Callable[[F], F]:
    """Give a command the flags of a verb that reads captures, in these formats; its function gets a `Run` first."""
    return _give(lambda: [*_reading(), *_showing(formats)])


def cuts() -> Callable[[F], F]:
    """Give a command the flags of a verb that reads captures and writes one."""
    return _give(lambda: [*_reading(), *_writing()])


def shows(*formats: str) -> Callable[[F], F]:
    """Give a command the flags of a verb that reads no capture."""
    return _give(lambda: _showing(formats))


def _give(parameters: Callable[[], list[click.Parameter]]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        shared = parameters()
        names = [parameter.name for parameter in shared if parameter.name]

        @click.pass_context
        @functools.wraps(function)
        def wrapper(ctx: click.Context, /, **values: Any) -> Any:
            run = Run(**{name: values.pop(name) for name in names})
            run.load = (*(ctx.find_object(tuple) or ()), *run.load)
            run.begin("files" in names)
            return function(run, **values)

        own = list(getattr(function, "__click_params__", []))
        # click reads the list backwards, because decorators are applied from the last to the first.
        wrapper.__click_params__ = [*reversed(shared), *own]  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]

    return decorate
