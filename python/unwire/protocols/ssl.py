"""Transport Layer Security (RFC 8446, RFC 5246) and SSL 2: records as objects, under dpkt's names. Handshake messages are in ssl_handshake.py.

A record holds bytes: a message may go over several, and a record may hold several. Streams are put together elsewhere.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from unwire.declare import Packet, derived, field, length, payload, raw, u8, u16, when
from unwire.declare.engine_half import natives
from unwire.protocols.numbers.tls import VERSION, Version


class SSL2(Packet, name=None):
    """A record of SSL 2"""

    # The highest bit says that there is no padding, the next is reserved where there is.
    _len: u16 = length(0x8000, of="msg", value="size | 0x8000")
    _padding: u8 = when("_len & 0x8000 == 0", length(0, of="pad"))
    msg: bytes = raw("_len & (0x7FFF if _len & 0x8000 else 0x3FFF)", b"")
    pad: bytes = when("_len & 0x8000 == 0", raw("_padding", b""))

    @property
    def len(self) -> int:
        """Octets of the message, without the mark that says if there is padding"""
        return self._len & (0x7FFF if self._len & 0x8000 else 0x3FFF)

    @len.setter
    def len(self, value: int) -> None:
        self._len = value


class TLSRecord(Packet, name=None, native="tls.record", size="5 + length"):
    """A record of SSL 3 or TLS. What it carries may be compressed or encrypted, which nothing in it says: who knows sets the two attributes"""

    __states_lengths__: ClassVar[bool] = True
    __shown__: ClassVar[tuple[str, ...]] = ("compressed", "encrypted")

    type: u8 = field(0)
    version: Annotated[Version, u16] = field(0, shown=VERSION)
    length: u16 = length(0, of="layer", value="size - 5")
    _data: bytes = payload("left")

    @derived
    def compressed(self) -> bool:
        """True for a record that was read, until somebody knows better"""
        return self.raw is not None

    @derived
    def encrypted(self) -> bool:
        """True for a record that was read, until somebody knows better"""
        return self.raw is not None


class TLS(Packet, name=None, native="tls.records"):
    """Records one behind the other. The fields are those of the first"""

    __shown__: ClassVar[tuple[str, ...]] = ("records",)

    type: u8 = field(0)
    version: Annotated[Version, u16] = field(0, shown=VERSION)
    len: u16 = length(0, of="_body")
    _body: bytes = raw("rest", b"")

    @derived.keeping
    def records(self) -> list[TLSRecord]:
        """The records"""
        read = self.raw or b""
        return [TLSRecord(read[start:end]) for start, end in natives.tls_records(read)]


class TLSChangeCipherSpec(Packet, name=None):
    """From here on the new cipher is used"""

    type: u8 = field(1)


class TLSAppData(str):
    """Data of the application, which nobody here can read"""


class TLSAlert(Packet, name=None):
    """An alert"""

    level: u8 = field(1)
    description: u8 = field(0)
