"""dpkt.http: the Hypertext Transfer Protocol. Two helpers and re-exports."""

from collections import OrderedDict as OrderedDict
from io import BytesIO as BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from unwire.dpkt import _old_names
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt.compat import iteritems as iteritems
from unwire.protocols.http import Headers, read_body, read_headers
from unwire.protocols.http import Message as Message
from unwire.protocols.http import Request as Request
from unwire.protocols.http import Response as Response


def parse_headers(f: BinaryIO) -> Headers:
    """Return the header fields that a file goes on with. It stands behind them then."""
    at = f.tell()
    headers, end = read_headers(f.read())
    f.seek(at + end)
    return headers


def parse_body(f: BinaryIO, headers: Headers) -> bytes:
    """Return the body that a file goes on with. It stands behind it then."""
    at = f.tell()
    body, end = read_body(f.read(), headers)
    f.seek(at + end)
    return body


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        return _old_names.find("http", name)
