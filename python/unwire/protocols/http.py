"""Hypertext Transfer Protocol, version 1 (RFC 9112): messages as objects, under dpkt's names.

Lines, header fields and bodies are found by the native decoder; here are only the objects. A message is read from bytes that hold it whole; messages
of connections, put together and one after the other, come from ``unwire.open(x).messages("http")``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from unwire.declare import Packet, derived
from unwire.declare.engine_half import natives
from unwire.errors import NeedData, UnpackError

Headers = OrderedDict[str, Any]


def headers_of(fields: Iterable[tuple[str, str]]) -> Headers:
    """Return header fields by their names in lower case; a name that occurs several times has a list."""
    found: Headers = OrderedDict()
    for name, value in fields:
        name = name.lower()
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def read_headers(buf: bytes) -> tuple[Headers, int]:
    """Return the header fields that `buf` begins with, and where they end."""
    fields, end, wrong = natives.http_headers(buf)
    if wrong is not None:
        raise UnpackError(f"invalid header: {wrong!r}")
    return headers_of(fields), end


def read_body(buf: bytes, headers: Headers) -> tuple[bytes, int]:
    """Return the body that `buf` begins with, and where it ends."""
    if natives.http_is_chunked(_last(headers.get("transfer-encoding", ""))):
        body, end, wrong = natives.http_chunks(buf)
        if wrong is not None:
            raise (NeedData if wrong.startswith("premature") else UnpackError)(wrong)
        return body, end
    if "content-length" in headers:
        stated = headers["content-length"]
        lengths = set(stated) if isinstance(stated, list) else {stated}
        if len(lengths) != 1 or not (length := lengths.pop().strip()).isascii() or not length.isdigit():
            raise UnpackError(f"invalid content-length: {stated!r}")
        size = int(length)
        if len(buf) < size:
            raise NeedData(f"short body (missing {size - len(buf)} bytes)")
        return buf[:size], size
    return (buf, len(buf)) if "content-type" in headers else (b"", 0)


def _last(value: str | list[str]) -> str:
    return value[-1] if isinstance(value, list) else value


class Message(Packet, name=None):
    """Header fields and a body"""

    #: The start line's parts and what they are by default.
    __hdr_defaults__: ClassVar[dict[str, str]] = {}
    #: The same parts in the order in which they are read.
    _parts: ClassVar[tuple[str, ...]] = ()
    body = b""

    @derived.keeping
    def headers(self) -> Headers:
        """Header fields by their names in lower case, in order"""
        return OrderedDict()

    @derived
    def decoded(self) -> bytes:
        """The body without its compression, where the message is one of a connection's; else the body"""
        return bytes(self.body)

    def unpack(self, buf: bytes, is_body_allowed: bool = True) -> None:
        """Read header fields, and a body behind them."""
        buf = bytes(buf)
        headers, end = read_headers(buf)
        body, size = read_body(buf[end:], headers) if is_body_allowed else (b"", 0)
        self.headers, self.body, self.data = headers, body, buf[end + size :]

    def _shown(self) -> Iterator[tuple[str, Any]]:
        # dpkt shows all of a message: in the order in which it was read, or begins with what all messages have.
        rest = ["headers", "body", *([] if self.data else ["data"])]
        start = list(self._parts)
        names = [*start, *rest] if next(iter(vars(self)), "") == "version" else [*rest, *(sorted(start) if "method" in start else start)]
        yield from ((name, getattr(self, name)) for name in names)
        yield from ((name, value) for name, value in vars(self).items() if not name.startswith("_") and name not in (*names, "data"))

    def _start(self) -> str:
        return ""

    def pack_hdr(self) -> str:  # type: ignore[override]
        """Return the lines of the header fields."""
        lines: list[str] = []
        for name, value in self.headers.items():
            lines.extend(f"{name}: {one}\r\n" for one in (value if isinstance(value, list) else [value]))
        return "".join(lines)

    def __len__(self) -> int:
        return len(str(self))

    def __str__(self) -> str:
        return f"{self._start()}{self.pack_hdr()}\r\n{self.body.decode('utf8', 'ignore')}"

    def __bytes__(self) -> bytes:
        return f"{self._start()}{self.pack_hdr()}\r\n".encode("ascii", "ignore") + bytes(self.body or b"")


class Request(Message, name=None):
    """A request"""

    __hdr_defaults__: ClassVar[dict[str, str]] = {"method": "GET", "uri": "/", "version": "1.0"}
    _parts: ClassVar[tuple[str, ...]] = ("version", "method", "uri")
    method = "GET"
    uri = "/"
    version = "1.0"

    def unpack(self, buf: bytes, is_body_allowed: bool = True) -> None:
        """Read a request."""
        buf = bytes(buf)
        found, end, wrong = natives.http_request(buf)
        if wrong is not None:
            raise UnpackError(wrong)
        self.version, self.method, self.uri = found
        super().unpack(buf[end:], is_body_allowed)

    def _start(self) -> str:
        return f"{self.method} {self.uri} HTTP/{self.version}\r\n"


class Response(Message, name=None):
    """A response"""

    __hdr_defaults__: ClassVar[dict[str, str]] = {"version": "1.0", "status": "200", "reason": "OK"}
    _parts: ClassVar[tuple[str, ...]] = ("version", "status", "reason")
    version = "1.0"
    status = "200"
    reason = "OK"

    def unpack(self, buf: bytes, is_body_allowed: bool = True) -> None:
        """Read a response. Some codes say that there is no body (RFC 9112 section 6.3)."""
        buf = bytes(buf)
        found, end = natives.http_response(buf)
        if found is None:
            raise UnpackError(f"invalid response: {buf[:end]!r}")
        self.version, self.status, self.reason = found
        code = int(self.status)
        super().unpack(buf[end:], is_body_allowed and code >= 200 and code not in (204, 304))

    def _start(self) -> str:
        return f"HTTP/{self.version} {self.status} {self.reason}\r\n"
