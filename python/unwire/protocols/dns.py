"""Domain Name System (RFC 1035). What has its messages, too, is in mdns.py.

The header is declared; names and records are found by the native decoder. Here they are made objects, and bytes again. Records of the types
of which `numbers.dns` tells the names have an attribute for each part of their data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from unwire.declare import Ip4, Ip6, Packet, bits, column, derived, field, flag, length, native, raw, text, u8, u16, u32, when
from unwire.declare.engine_half import natives
from unwire.protocols.numbers.dns import INFO, OPCODES, RCODES, drawn, pack_data, pack_name, plain, shown

_LISTS = ("qd", "an", "ns", "ar")


class DNS(Packet, over={"udp.port": 53, "dns.tcp": 0, "message": 3}, native="dns", service="dns", info=INFO):
    """Domain Name System"""

    __shown__: ClassVar[tuple[str, ...]] = _LISTS

    id: u16 = field(0, "dns.id", base="hex")
    op: u16 = field(0x100, "dns.flags", base="hex")
    qr: flag = bits(1, 0, "dns.flags.response")
    opcode: int = bits(4, 0, "dns.flags.opcode", names=OPCODES)
    aa: flag = bits(1, 0)
    tc: flag = bits(1, 0, "dns.flags.truncated")
    rd: flag = bits(1, 1)
    ra: flag = bits(1, 0)
    zero: flag = bits(1, 0)
    ad: flag = bits(1, 0)
    cd: flag = bits(1, 0)
    rcode: int = bits(4, 0, names=RCODES)
    # The numbers of entries, filled in from the lists.
    _qd: u16 = length(0, of="_body", value="0")
    _an: u16 = length(0, of="_body", value="0")
    _ns: u16 = length(0, of="_body", value="0")
    _ar: u16 = length(0, "dns.count.add_rr", of="_body", value="0")
    # An update has other parts under the same numbers (RFC 2136 section 2).
    _queries: u16 = when("opcode != 5", column("_qd", "dns.count.queries"))
    _answers: u16 = when("opcode != 5", column("_an", "dns.count.answers"))
    _authorities: u16 = when("opcode != 5", column("_ns", "dns.count.auth_rr"))
    # What only answers say, and, of data that was verified, what questions may ask for (RFC 6840 section 5.7).
    _aa: bool = when("qr", column("aa", "dns.flags.authoritative"))
    _rcode: u8 = when("qr", column("rcode", "dns.flags.rcode", names=RCODES))
    _ra: bool = when("qr", column("ra", "dns.flags.recavail"))
    _ad: bool = when("qr or ad", column("ad", "dns.flags.authenticated"))
    _rd: bool = column("rd", "dns.flags.recdesired")
    _zero: bool = column("zero", "dns.flags.z")
    _cd: bool = column("cd", "dns.flags.checkdisable")
    _body: bytes = raw("rest", b"")
    _qry_name: list[str] = native("question.name", "dns.qry.name")
    _qry_type: list[u16] = native("question.type", "dns.qry.type")
    _resp_name: list[str] = native("record.name", "dns.resp.name")
    _resp_type: list[u16] = native("record.type", "dns.resp.type")
    _resp_ttl: list[u32] = native("record.ttl", "dns.resp.ttl")
    _a: list[Ip4] = native("record.a", "dns.a")
    _aaaa: list[Ip6] = native("record.aaaa", "dns.aaaa")
    _cname: list[str] = native("record.cname", "dns.cname")
    _nsname: list[str] = native("record.ns", "dns.ns")
    _mxname: list[str] = native("record.mx", "dns.mx.mail_exchange")
    _txt: list[str] = native("record.txt", "dns.txt")
    _ptrname: list[str] = native("record.ptr", "dns.ptr.domain_name")
    _srvname: list[str] = native("record.srv", "dns.srv.target")

    class Q(Packet, name=None):
        """A question. It stands in a message: names point to others there."""

        __header__: ClassVar[dict[str, str]] = {"name": "1025s", "type": "H", "cls": "H"}

        name: str = text("zero", "")
        type: u16 = field(1)
        cls: u16 = field(1)

        def __len__(self) -> int:
            raise NotImplementedError

        def __str__(self) -> str:
            raise NotImplementedError

        def unpack(self, buf: bytes) -> None:
            """Nothing is a question by itself."""
            raise NotImplementedError

        def _same(self, other: Any) -> bool:
            return type(self) is type(other) and (self.name, self.type, self.cls) == (other.name, other.type, other.cls)

    class RR(Q, name=None):
        """A resource record"""

        __header__: ClassVar[dict[str, str]] = {"name": "1025s", "type": "H", "cls": "H", "ttl": "I", "rlen": "H", "rdata": "s"}

        ttl: u32 = field(0)
        rlen: u16 = field(4)
        rdata: bytes = raw("rlen", b"")

        def pack_rdata(self, off: int, label_ptrs: dict[bytes, int]) -> bytes:
            """Return the data as it stands at an offset. What was set as `rdata` is sent as it is, else the attributes of the type are."""
            return pack_data(self, off, label_ptrs)

        def unpack_rdata(self, buf: bytes, off: int) -> None:
            """Read the data at an offset of a message into the attributes of the type."""
            self._take(natives.dns_data(self.type, bytes(buf), off, len(self.rdata)))

        def _take(self, values: list[Any]) -> Self:
            found = shown(self.type, self.rdata, values)
            self.__dict__.update(found, _came=(bytes(self.rdata), found))
            return self

        _drawn = drawn

        def _same(self, other: Any) -> bool:
            same = super()._same(other) and (self.ttl, self.rdata) == (other.ttl, other.rdata)
            return same and all(self.__dict__.get(name) == value for name, value in other.__dict__.items())

    def _records(self, found: list[Any]) -> list[Any]:
        return [
            self.RR(name=plain(name), type=kind, cls=cls, ttl=ttl, rlen=len(rdata), rdata=rdata)._take(values)
            for name, kind, cls, ttl, rdata, values in found
        ]

    def _section(self, number: int) -> list[Any]:
        if (read := self.raw) is None:
            return []
        questions, sections = natives.dns_message(read)
        return self._records(sections[number - 1]) if number else [self.Q(name=plain(name), type=kind, cls=cls) for name, kind, cls in questions]

    @derived.keeping
    def qd(self) -> list[Any]:
        """The questions, a list of `DNS.Q`"""
        return self._section(0)

    @derived.keeping
    def an(self) -> list[Any]:
        """The answers, a list of `DNS.RR`"""
        return self._section(1)

    @derived.keeping
    def ns(self) -> list[Any]:
        """The records of name servers, a list of `DNS.RR`"""
        return self._section(2)

    @derived.keeping
    def ar(self) -> list[Any]:
        """Further records, a list of `DNS.RR`"""
        return self._section(3)

    def pack_q(self, buf: bytes, q: Any) -> bytes:
        """Return `buf` with a question behind it."""
        made: bytes = buf + pack_name(q.name, len(buf), self._pointers()) + q.type.to_bytes(2, "big") + q.cls.to_bytes(2, "big")
        return made

    def pack_rr(self, buf: bytes, rr: Any) -> bytes:
        """Return `buf` with a record behind it."""
        head = buf + pack_name(rr.name, len(buf), self._pointers())
        rdata: bytes = rr.pack_rdata(len(head) + 10, self._pointers())
        numbers = ((rr.type, 2), (rr.cls, 2), (rr.ttl, 4), (len(rdata), 2))
        return head + b"".join(number.to_bytes(size, "big") for number, size in numbers) + rdata

    def unpack_q(self, buf: bytes, off: int) -> tuple[Any, int]:
        """Return the question at an offset of a message, and where it ends."""
        (name, kind, cls), end = natives.dns_question(bytes(buf), off)
        return self.Q(name=plain(name), type=kind, cls=cls), end

    def unpack_rr(self, buf: bytes, off: int) -> tuple[Any, int]:
        """Return the record at an offset of a message, and where it ends."""
        found, end = natives.dns_record(bytes(buf), off)
        return self._records([found])[0], end

    def _pointers(self) -> dict[bytes, int]:
        return self.__dict__.setdefault("label_ptrs", {})  # type: ignore[no-any-return]

    def _as_read(self, head: bytes) -> bool:
        if (read := self.raw) is None or read[:12] != head:
            return False
        again = [(self.__dict__[name], self._section(number)) for number, name in enumerate(_LISTS) if name in self.__dict__]
        return all(len(one) == len(other) and all(a._same(b) for a, b in zip(one, other, strict=True)) for one, other in again)

    def __bytes__(self) -> bytes:
        made = self.pack_hdr()[:12]
        if self._as_read(made):
            return self.raw or b""
        self.__dict__["label_ptrs"] = {}
        for at, name in enumerate(_LISTS, 2):
            if self.raw is not None or name in self.__dict__:
                made = made[: 2 * at] + len(getattr(self, name)).to_bytes(2, "big") + made[2 * at + 2 :]
        for question in self.qd:
            made = self.pack_q(made, question)
        for record in (*self.an, *self.ns, *self.ar):
            made = self.pack_rr(made, record)
        del self.__dict__["label_ptrs"]
        return made

    def _shown(self) -> Any:
        return ((name, value) for name, value in super()._shown() if value != [])

    def _drawn(self) -> Iterator[tuple[str, Any]]:
        return ((name, value) for name in _LISTS if (value := getattr(self, name)))
