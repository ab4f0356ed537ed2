"""What records of DNS hold: the attributes that each type has, and how they become bytes again. Messages are in dns.py; nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unwire.errors import PackError

#: The attributes of the types whose data the decoder reads, in the order of the wire.
ATTRIBUTES: dict[int, tuple[str, ...]] = {
    1: ("ip",),
    2: ("nsname",),
    5: ("cname",),
    6: ("mname", "rname", "serial", "refresh", "retry", "expire", "minimum"),
    12: ("ptrname",),
    13: ("text",),
    15: ("preference", "mxname"),
    16: ("text",),
    18: ("preference", "hostname"),
    21: ("preference", "hostname"),
    28: ("ip6",),
    33: ("priority", "weight", "port", "srvname"),
    36: ("preference", "hostname"),
    39: ("dname",),
    41: ("options",),
    43: ("key_tag", "algorithm", "digest_type", "digest"),
    46: ("type_covered", "algorithm", "labels", "original_ttl", "expiration", "inception", "key_tag", "signer", "signature"),
    47: ("next_name",),
    48: ("flags", "protocol", "algorithm", "key"),
    64: ("priority", "target", "params"),
    65: ("priority", "target", "params"),
    99: ("text",),
    257: ("flags", "tag", "value"),
}
#: The registries of RFC 6895 sections 2.2 and 2.3, in the words that Wireshark has for them.
OPCODES = {0: "Standard query", 1: "Inverse query", 2: "Server status request", 4: "Zone change notification", 5: "Dynamic update"}
RCODES = {
    0: "No error", 1: "Format error", 2: "Server failure", 3: "No such name", 4: "Not implemented", 5: "Refused", 6: "Name exists",
    7: "RRset exists", 8: "RRset does not exist", 9: "Not authoritative", 10: "Name out of zone",
}  # fmt: skip
#: A message in one line: what it is, what it asks for, and the most of what it answers.
INFO = (
    "{opcode}{qr? response} {id}{_rcode? $_rcode}{_qry_name? $_qry_name+}{_cname? CNAME $_cname+}{_a? A $_a+}{_aaaa? AAAA $_aaaa+}"
    "{_mxname? MX $_mxname+}{_nsname? NS $_nsname+}{_ptrname? PTR $_ptrname+}{_srvname? SRV $_srvname+}{_txt? TXT $_txt+}"
)
#: Attributes that are names of hosts.
_NAMES = {"nsname", "cname", "mname", "rname", "ptrname", "mxname", "hostname", "srvname", "dname", "signer", "next_name", "target"}
_SIZES = {"serial": 4, "refresh": 4, "retry": 4, "expire": 4, "minimum": 4, "preference": 2, "priority": 2, "weight": 2, "port": 2}
#: Types whose data is made of their attributes; others are sent as they came.
_MADE = {1, 2, 5, 6, 12, 13, 15, 16, 28, 33, 39, 99}
_OPT = 41
_NULL = 10


def plain(name: bytes) -> str:
    """Return octets as text; what is not UTF-8 survives the way there and back."""
    return name.decode("utf-8", "surrogateescape")


def octets(value: str | bytes) -> bytes:
    """Return text as octets."""
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)


def shown(kind: int, rdata: bytes, values: list[Any]) -> dict[str, Any]:
    """Return the attributes of a record of a type whose data the decoder has read."""
    if kind == _NULL:
        return {"null": rdata.hex().encode()}
    names = ATTRIBUTES.get(kind, ())
    found: dict[str, Any] = {}
    for name, value in zip(names, values, strict=False):
        if name in _NAMES:
            value = plain(value)
        elif name == "text":
            value = [plain(one) for one in value]
        found[name] = value
    return found


def drawn(self: Any) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of a record's data as they are read by people: addresses as text."""
    for name, value in self.__dict__.items():
        if name in ("ip", "ip6") and len(value) in (4, 16):
            import ipaddress  # only for who looks at records

            yield name, str(ipaddress.ip_address(bytes(value)))
        elif not name.startswith("_") and value != []:
            yield name, value


def pack_name(name: str | bytes, off: int, label_ptrs: dict[bytes, int]) -> bytes:
    """Return a name as it stands at an offset of a message, with a pointer to an end that stands there already; new ones are entered."""
    labels = [*octets(name).split(b"."), b""] if name else [b""]
    made = b""
    for index, label in enumerate(labels):
        key = b".".join(labels[index:]).upper()
        if (pointer := label_ptrs.get(key)) is not None:
            return made + (0xC000 | pointer).to_bytes(2, "big")
        # RFC 1035 section 4.1.4: a pointer has fourteen bits.
        if len(key) > 1 and off + len(made) < 0x4000:
            label_ptrs[key] = off + len(made)
        if len(label) > 63:
            raise PackError(f"a label has at most 63 octets: {label!r}")
        made += bytes([len(label)]) + label
    return made


def pack_data(record: Any, off: int, label_ptrs: dict[bytes, int]) -> bytes:
    """Return a record's data as it stands at an offset."""
    came, _ = record.__dict__.get("_came", (None, None))
    if record.type not in _MADE or (record.rdata and record.rdata != came):
        if record.rdata or record.type == _OPT or came is not None:
            return bytes(record.rdata)
        raise PackError(f"RR type {record.type} is not supported")
    made = b""
    for name in ATTRIBUTES[record.type]:
        try:
            value = getattr(record, name)
        except AttributeError:
            if came is not None:
                return bytes(record.rdata)
            raise
        if name in _NAMES:
            made += pack_name(value, off + len(made), label_ptrs)
        elif name == "text":
            made += b"".join(bytes([len(one)]) + one for one in map(octets, value))
        elif name in _SIZES:
            made += value.to_bytes(_SIZES[name], "big")
        else:
            made += bytes(value)
    return made
