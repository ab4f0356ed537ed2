"""TLS's handshake messages (RFC 8446 section 4, RFC 5246 section 7.4) as objects, under dpkt's names. Records are in ssl.py."""

from __future__ import annotations

import warnings
from typing import Annotated, Any, ClassVar

from unwire.declare import Packet, Part, by, derived, field, length, raw, reading, repeat, u8, u16, when
from unwire.declare.engine_half import natives
from unwire.errors import UnpackError
from unwire.protocols.numbers.tls import BY_CODE, VERSION, CipherSuite, Version, get_unknown_ciphersuite

_HELLO_REQUEST, _CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE = 0, 1, 2, 11
#: Types that IANA has given away and that are not read here.
_UNREAD = (3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 26, 254)
_KNOWN = {_HELLO_REQUEST, _CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE, *_UNREAD}


class SSL3Exception(UnpackError):
    """The bytes are no records or messages of SSL 3 or TLS."""


class Extension(Part):
    """An extension of a hello"""

    type: u16 = field(0)
    size: u16 = length(0, of="body")
    body: bytes = raw("size", b"")


class ClientHelloBody(Part):
    """What follows the random octets of a client's hello"""

    session_size: u8 = length(0, of="session_id")
    session_id: bytes = raw("session_size", b"")
    suites_size: u16 = length(0, of="suites")
    suites: list[u16] = repeat(u16, size="suites_size")
    compressions_size: u8 = length(0, of="compressions")
    compressions: list[u8] = repeat(u8, size="compressions_size")
    extensions_size: u16 = when("left >= 2", length(0, of="extensions"))
    extensions: list[Extension] = when("left", repeat(Extension, size="extensions_size"))


class ServerHelloBody(Part):
    """What follows the random octets of a server's hello"""

    session_size: u8 = length(0, of="session_id")
    session_id: bytes = raw("session_size", b"")
    suite: u16 = field(0)
    compression: u8 = field(0)
    extensions_size: u16 = when("left >= 2", length(0, of="extensions"))
    extensions: list[Extension] = when("left", repeat(Extension, size="extensions_size"))


class _Message(Packet, name=None):
    """A message whose bytes are `data`, too"""

    _body: bytes = raw("rest", b"")

    @property
    def data(self) -> bytes:
        """What follows the fixed fields, as bytes"""
        return self._body

    @data.setter
    def data(self, value: Any) -> None:
        self._body = bytes(value)


def suite(code: int) -> CipherSuite:
    """Return the cipher suite of a number."""
    return BY_CODE.get(code) or get_unknown_ciphersuite(code)


def _extensions(hello: Any, body: Any) -> list[tuple[int, bytes]]:
    if body.extensions is None:
        raise AttributeError(f"{type(hello).__name__!r} object has no attribute 'extensions'")
    return [(one.type, one.body) for one in body.extensions]


class TLSHelloRequest(_Message, name=None, over={"tls.handshake": _HELLO_REQUEST}):
    """The server asks for a new handshake"""


class TLSClientHello(_Message, name=None, fresh=True, native="tls.client_hello", over={"tls.handshake": _CLIENT_HELLO}):
    """A client's first message"""

    version: Annotated[Version, u16] = field(0x0301, shown=VERSION)
    random: bytes = raw(32, bytes(32))
    _body: bytes = raw("rest", b"\0\0\0\0")
    _hello: ClientHelloBody = reading("_body", ClientHelloBody)

    @derived
    def session_id(self) -> bytes:
        """The session that the client would go on with"""
        return self._hello.session_id

    @derived.keeping
    def ciphersuites(self) -> list[CipherSuite]:
        """What the client offers, the best first"""
        return [suite(code) for code in self._hello.suites]

    @derived
    def compression_methods(self) -> tuple[int, ...]:
        """The same of compressions"""
        return tuple(self._hello.compressions)

    @derived
    def extensions(self) -> list[tuple[int, bytes]]:
        """Numbers and data; there is no such attribute where a hello has no list of them"""
        return _extensions(self, self._hello)


class TLSServerHello(_Message, name=None, fresh=True, native="tls.server_hello", over={"tls.handshake": _SERVER_HELLO}):
    """A server's first message"""

    version: Annotated[Version, u16] = field(0x0301, shown=VERSION)
    random: bytes = raw(32, bytes(32))
    _body: bytes = raw("rest", b"\0\0\0\0")
    _hello: ServerHelloBody = reading("_body", ServerHelloBody)

    @derived
    def session_id(self) -> bytes:
        """The session, if it can be gone on with"""
        return self._hello.session_id

    @derived
    def ciphersuite(self) -> CipherSuite:
        """What the server chose"""
        return suite(self._hello.suite)

    @derived
    def compression_method(self) -> int:
        """The same of compressions"""
        return self._hello.compression

    @derived
    def extensions(self) -> list[tuple[int, bytes]]:
        """Numbers and data; there is no such attribute where a hello has no list of them"""
        return _extensions(self, self._hello)

    @property
    def cipher_suite(self) -> CipherSuite:
        """What `ciphersuite` was called"""
        warnings.warn("TLSServerHello.cipher_suite is deprecated and renamed to .ciphersuite", DeprecationWarning, stacklevel=2)
        return self.ciphersuite

    @property
    def compression(self) -> int:
        """What `compression_method` was called"""
        warnings.warn("TLSServerHello.compression is deprecated and renamed to .compression_method", DeprecationWarning, stacklevel=2)
        return self.compression_method


class TLSCertificate(_Message, name=None, native="tls.certificates", over={"tls.handshake": _CERTIFICATE}):
    """The certificates of the sender, its own first"""

    @derived.keeping
    def certificates(self) -> list[bytes]:
        """DER"""
        return list(natives.tls_certificates(self._body)) if self._body else []


class TLSUnknownHandshake(_Message, name=None, over={"tls.handshake": _UNREAD}):
    """A message that is not read, or not known"""


class TLSHandshake(Packet, name=None, native="tls.handshake", size="4 + length_bytes", next=by("type", "tls.handshake", strict=True)):
    """A handshake message"""

    __pprint_funcs__: ClassVar[dict[str, Any]] = {"length_bytes": lambda value: int.from_bytes(value, "big")}

    type: u8 = field(0)
    length_bytes: bytes = raw(3, bytes(3))

    @property
    def length(self) -> int:
        """Octets of the message"""
        return int.from_bytes(self.length_bytes, "big")

    def unpack(self, buf: bytes) -> None:
        """Read a message; what is of no known type is none."""
        if buf and buf[0] not in _KNOWN:
            raise SSL3Exception(f"Unknown or invalid handshake type {buf[0]}")
        super().unpack(buf)
