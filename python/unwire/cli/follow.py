"""`unwire follow`: what the two sides of a stream said, as text, as hexadecimal, or as bytes. The streams are capture/streams.py's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import click

from unwire.capture.streams import Chunk, End, Policy, Stream, Streams, Told, Transport
from unwire.cli import flags
from unwire.cli.output import sink
from unwire.cli.output import style_of as chosen_style
from unwire.cli.run import Run
from unwire.errors import UnwireError

_COLOURS = {"client": "red", "server": "blue"}
#: Bytes on a line of hexadecimal.
_WIDE = 16


@click.command()
@flags.reads("table", "json", "jsonl")
@click.option("--raw", "style_of", flag_value="raw", help="The bytes alone, of both sides as they came.")
@click.option("--hex", "style_of", flag_value="hex", help="Offset, hexadecimal and ASCII; the server's lines are indented.")
@click.option("--text", "style_of", flag_value="text", default=True, help="Text; what is not printable is a dot.")
@click.option("--client", "only", flag_value="client", help="Only what the client sent.")
@click.option("--server", "only", flag_value="server", help="Only what the server sent.")
@click.option("--policy", type=click.Choice(("first", "last")), default="first", help="Which bytes count where segments overlap.")
def follow(run: Run, style_of: str, only: str | None, policy: Policy) -> int:
    """Print what the two sides of a stream said, in order.

    The last argument is the stream: its number (tcp.stream) or its ends, as in 10.0.0.1:1234,10.0.0.2:80; with udp: before it what datagrams say,
    by udp.stream or by their ends. What the capture lacks is said where it
    lacks it; with --raw on standard error. -T jsonl gives one object for each chunk and gap, with bytes in hexadecimal.
    """
    if len(run.files) + len(run.read) < 2 or not run.files:
        raise click.UsageError("name a FILE and then the stream: its number, or two ends as in 10.0.0.1:1234,10.0.0.2:80")
    *files, wanted = run.files
    run.files = tuple(files)
    streams = _chosen(run, wanted, policy)
    style = chosen_style(run, ("table", "json", "jsonl"), "table")
    prints = _PRINTS[style_of if style == "table" else "jsonl"]
    found: list[int] = []
    with sink(run, "table") as write:
        pieces = (piece for stream in _noted(streams, found) for piece in prints(run, stream, _told(stream, only)))
        for number, piece in enumerate(pieces):
            if style == "json":
                write((b"[" if number == 0 else b", ") + piece.rstrip())
            else:
                write(piece)
        if style == "json" and found:
            write(b"]\n")
    if not found:
        raise UnwireError(f"no stream {wanted} in {', '.join(run.trace().names)}")
    return run.account((name, loss["reasons"]) for name, loss in zip(run.trace().names, streams.loss, strict=False))


def _chosen(run: Run, wanted: str, policy: Policy) -> Streams:
    trace = run.trace()
    transport: Transport = "udp" if wanted.startswith("udp:") else "tcp"
    wanted = wanted.removeprefix(f"{transport}:")
    if wanted.isdigit():
        return trace.streams(int(wanted), policy=policy, transport=transport)
    one, comma, other = wanted.partition(",")
    if not comma:
        raise click.UsageError(f"{wanted!r} is no stream: write its number, or two ends as in 10.0.0.1:1234,10.0.0.2:80")
    try:
        _ = End.parse(one), End.parse(other)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return trace.streams(ends=(one, other), policy=policy, transport=transport)


def _noted(streams: Streams, found: list[int]) -> Iterator[Stream]:
    """Yield streams, and note their numbers."""
    for stream in streams:
        found.append(stream.number)
        yield stream


def _told(stream: Stream, only: str | None) -> Iterator[Told]:
    return (told for told in stream.chunks if only in (None, told.sender))


def _words(told: Told) -> str:
    assert not isinstance(told, Chunk)
    return f"[{told.size:,} bytes of the {told.sender} are missing in the capture{'' if told.acknowledged else ', and nobody acknowledged them'}]"


def _head(stream: Stream) -> str:
    part = f", part {stream.part + 1}" if stream.part else ""
    client, server = (f"{side.end} ({side.size:,} bytes)" for side in (stream.client, stream.server))
    return f"Stream {stream.number}{part}: client {client}, server {server}"


def _raw(run: Run, stream: Stream, all_told: Iterator[Told]) -> Iterator[bytes]:
    for told in all_told:
        if isinstance(told, Chunk):
            yield told.bytes
        else:
            run.say(_words(told))


def _text(run: Run, stream: Stream, all_told: Iterator[Told]) -> Iterator[bytes]:
    yield f"{_head(stream)}\n".encode()
    sender = None
    for told in all_told:
        if told.sender != sender:
            sender = told.sender
            yield _shown(run, f"\n{sender} ▸\n", sender)
        text = _printable(told.bytes) if isinstance(told, Chunk) else _words(told)
        yield _shown(run, text, told.sender)
    yield b"\n"


def _shown(run: Run, text: str, sender: str) -> bytes:
    return (click.style(text, fg=_COLOURS[sender]) if run.colored else text).encode()


def _printable(octets: bytes) -> str:
    """Return bytes as text: printable ASCII and line ends as they are, all else a dot, so that no terminal obeys a stranger."""
    return "".join(chr(octet) if 32 <= octet < 127 or octet in (9, 10) else "" if octet == 13 else "." for octet in octets)


def _hex(run: Run, stream: Stream, all_told: Iterator[Told]) -> Iterator[bytes]:
    yield f"{_head(stream)}\n".encode()
    places = {"client": 0, "server": 0}
    for told in all_told:
        indent = "    " if told.sender == "server" else ""
        if not isinstance(told, Chunk):
            yield f"{indent}{_words(told)}\n".encode()
            continue
        lines = []
        for start in range(0, len(told.bytes), _WIDE):
            line = told.bytes[start : start + _WIDE]
            octets = " ".join(f"{octet:02x}" for octet in line)
            text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in line)
            lines.append(f"{indent}{places[told.sender]:08x}  {octets:<{3 * _WIDE - 1}}  {text}\n")
            places[told.sender] += len(line)
        yield _shown(run, "".join(lines), told.sender)


def _jsonl(_run: Run, stream: Stream, all_told: Iterator[Told]) -> Iterator[bytes]:
    for told in all_told:
        row: dict[str, Any] = {"stream": stream.number, "sender": told.sender}
        if isinstance(told, Chunk):
            row |= {"frame": told.frame, "time_ns": told.time_ns, "bytes": told.bytes.hex()}
        else:
            row |= {"missing": told.size, "acknowledged": told.acknowledged, "why": told.why}
        yield f"{json.dumps(row)}\n".encode()


_PRINTS: dict[str, Callable[[Run, Stream, Iterator[Told]], Iterator[bytes]]] = {"raw": _raw, "text": _text, "hex": _hex, "jsonl": _jsonl}
