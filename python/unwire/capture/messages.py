"""Messages of connections as objects: put together and understood by the engine, shown under dpkt's names."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from unwire import dpkt
from unwire.tables.conn import connections

if TYPE_CHECKING:
    from unwire.capture.trace import Trace

#: The kinds of messages, and the logs that are about them.
KINDS = {"http": "http", "dns": "dns", "tls": "ssl"}


class Conn(NamedTuple):
    """A connection: its name in the logs, and who talks to whom, the one who began first."""

    uid: str
    orig_h: str
    orig_p: int
    resp_h: str
    resp_p: int


class _Message(NamedTuple):
    time: int | None
    conn: Conn
    message: Any
    frames: tuple[int, ...]


class Message(_Message):
    """A message: ``time, conn, message, frames = …``.

    `time` is when it was complete, in nanoseconds since the epoch, None where the capture has no times; `message` an `http.Request` or
    `http.Response`, a `dns.DNS`, or an `ssl.TLSHandshake`; `frames` the numbers of the packets that carried it.
    """

    #: True if the client sent it.
    from_client: bool = True
    #: True if the capture ends, or has a gap, within the message.
    cut: bool = False


def messages(trace: Trace, kind: str) -> Iterator[Message]:
    """Yield the messages of a kind in the order in which they are complete."""
    if kind not in KINDS:
        raise ValueError(f"messages are of http, dns or tls, not {kind!r}")
    where, workers = trace.where, os.cpu_count() or 1
    asked = connections(trace.generation)
    found = asked.messages(KINDS[kind], list(trace.sources()), workers, trace.link_type, where.engine if where else None)
    for time, ends, side, frames, head, body, decoded, cut in found:
        shown = _shown(kind, head, body, decoded)
        if shown is not None:
            message = Message(time, Conn(*ends), shown, tuple(frames))
            message.from_client, message.cut = side == 0, cut
            yield message


def _shown(kind: str, head: bytes, body: bytes, decoded: bytes | None) -> Any:
    try:
        if kind == "dns":
            return dpkt.dns.DNS(head)
        if kind == "tls":
            return dpkt.ssl.TLSHandshake(head)
        cls: type[dpkt.http.Message] = dpkt.http.Response if head.startswith(b"HTTP/") else dpkt.http.Request
        first, _, fields = head.partition(b"\n")
        made = cls(first + b"\n\r\n")
        made.headers = dpkt.http.parse_headers(io.BytesIO(fields))
        made.body, made.decoded = body, body if decoded is None else decoded
    except dpkt.UnpackError:
        # What the engine understands and dpkt's form has no place for, such as a message that was cut.
        return None
    return made
