"""Every class of dpkt's modules up to the transport layer, field by field: the same names in the same order with the same size, byte order,
default and bits. What differs on purpose is in `DELIBERATE`, with its reason.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from conftest import ROOT
from unwire import dpkt as ours
from unwire.declare import Part

dpkt = pytest.importorskip("dpkt")
INVENTORY = ROOT.parent / "shared" / "reference" / "dpkt_inventory.json"

DELIBERATE = {
    "ARP.sha": "RFC 826: an address is as long as hln says; dpkt takes six octets always",
    "ARP.spa": "RFC 826: an address is as long as pln says; dpkt takes four octets always",
    "ARP.tha": "as sha",
    "ARP.tpa": "as spa",
    "PPP.p": "RFC 1661 section 6.5: one octet or two; dpkt declares one and reads two",
    "Loopback.family": "captures come from both kinds of machine; dpkt takes the reader's own and corrects what it knows",
    "DNS.qd": "a count on the wire, a list for who reads it: the number is the field _qd, the list a view",
    "DNS.an": "as qd",
    "DNS.ns": "as qd",
    "DNS.ar": "as qd",
    "DNS.Q.name": "a name is text of any length; dpkt declares 1025 octets and puts text there",
    "DNS.RR.name": "as that of a question",
    "DNS.RR.rdata": "as long as rlen says; dpkt declares one octet",
    "SSL2.len": "dpkt takes the mark of the short form out of the number when it reads, and sends it without",
    "TLS.type": "a default that can be packed; dpkt's is text",
    "TLS.version": "as type",
    "TLS.len": "as type",
    "TLSClientHello.random": "as TLS.type",
    "TLSServerHello.version": "as TLS.type",
    "TLSServerHello.random": "as TLS.type",
    "TLSHandshake.length_bytes": "a default that can be packed; dpkt's is a number",
    "IP6FragmentHeader._resv_bits": "dpkt gives the octet and the two bits one name, so that only the octet can be reached",
}

_SIZES = {"B": 1, "H": 2, "I": 4, "L": 4, "Q": 8}


class Header(NamedTuple):
    """One field of a fixed header. `order` is of integers longer than an octet, `bits` are its parts with their sizes."""

    name: str
    kind: str
    size: int
    order: str
    default: int | bytes
    bits: tuple[tuple[str, int], ...] = ()


def header(name: str, code: str, default: int | bytes, order: str, bits: Any) -> Header:
    """Return dpkt's declaration of a field."""
    parts = tuple((part, size) for part, size in bits)
    if match := re.fullmatch(r"(\d*)s", code):
        return Header(name, "bytes", int(match[1] or 1), "", default if isinstance(default, bytes) else b"")
    size = _SIZES[code.upper()]
    kind = "int" if code.islower() else "uint"
    return Header(name, kind, size, "" if size == 1 else "little" if order == "<" else "big", default, parts)


def by_dpkt(module: str, name: str) -> list[Header]:
    """Return the header that dpkt itself declares."""
    cls = dpkt
    for part in (module, *name.split(".")):
        cls = getattr(cls, part)
    bits = getattr(cls, "__bit_fields__", {})
    return [header(n, f, d, getattr(cls, "__byte_order__", ">"), bits.get(n, ())) for n, f, d in getattr(cls, "__hdr__", ())]


def by_inventory(record: dict[str, Any]) -> list[Header]:
    """Return the header that the inventory lists."""
    return [header(n, f, ast.literal_eval(d), record["byte_order"], record["bits"].get(n, ())) for n, f, d in record["hdr"] or ()]


def by_us(cls: type, count: int) -> Iterator[Header]:
    """Yield our declaration of the first fields that have a size."""
    fields = cls.__layer__["fields"]  # type: ignore[attr-defined]
    for index, field in enumerate(fields):
        kind = field["type"]
        while kind["t"] == "when":
            kind = kind["then"]
        if kind["t"] in ("bits", "column", "reading"):
            continue
        if not count:
            return
        count -= 1
        default = field.get("default", 0)
        if kind["t"] in ("uint", "int"):
            bits: list[tuple[str, int]] = []
            for below in fields[index + 1 :]:
                if below["type"]["t"] == "bits":
                    bits.append((below["name"], below["type"]["n"]))
                elif below["type"]["t"] not in ("column", "reading"):
                    break
            order = "" if kind["n"] == 1 else kind.get("order", "big")
            # The bits of a public integer are views of our own.
            yield Header(field["name"], kind["t"], kind["n"], order, default, tuple(bits) if field["name"].startswith("_") else ())
        else:
            size = {"mac": 6, "ip4": 4, "ip6": 16}.get(kind["t"], kind.get("size", 0))
            size = size if isinstance(size, int) else -1
            yield Header(field["name"], "bytes", size, "", bytes.fromhex(default) if isinstance(default, str) else default or b"")


def classes() -> Iterator[tuple[str, str]]:
    """Yield module and name of every packet class that dpkt defines in the modules that are here."""
    for module in ours.MODULES:
        theirs = importlib.import_module(f"dpkt.{module}") if module != "edp" else dpkt.edp
        yield from ((module, name) for name in names(theirs, theirs.__name__))


def names(holder: Any, module: str) -> Iterator[str]:
    """Yield the packet classes defined in a module, and in its classes."""
    for name, value in vars(holder).items():
        # A class under another name is the class.
        if (
            isinstance(value, type)
            and issubclass(value, dpkt.Packet)
            and value is not dpkt.Packet
            and (value.__name__, value.__module__) == (name, module)
        ):
            yield name
            yield from (f"{name}.{inner}" for inner in names(value, module))


CLASSES = sorted(set(classes()))


def our_class(module: str, name: str) -> type:
    """Return our class of that name."""
    found: Any = importlib.import_module(f"unwire.dpkt.{module}")
    for part in name.split("."):
        found = getattr(found, part)
    assert isinstance(found, type)
    return found


def compare(name: str, want: list[Header], cls: type) -> None:
    """Fail with what differs and is not deliberate."""
    # A name with an underscore is that of a number whose place is taken by a view.
    got = [h._replace(name=h.name.removeprefix("_")) if f"{name}.{h.name[1:]}" in DELIBERATE else h for h in by_us(cls, len(want))]
    assert [h.name for h in got] == [h.name for h in want], name
    for ours_, theirs in zip(got, want, strict=True):
        if f"{name}.{ours_.name}" in DELIBERATE:
            continue
        bits = {f"{name}.{part}" for part, _ in ours_.bits}
        if bits & DELIBERATE.keys():
            ours_ = ours_._replace(bits=theirs.bits)
        assert ours_ == theirs, name


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_fields_are_those_of_dpkt(module: str, name: str) -> None:
    cls = our_class(module, name)
    assert cls.__name__ == name.rpartition(".")[2]
    assert issubclass(cls, (ours.Packet, Part))
    compare(name, by_dpkt(module, name), cls)


def test_fields_are_those_of_the_inventory() -> None:
    if not INVENTORY.exists():
        pytest.skip("the inventory of dpkt is not beside the checkout")
    inventory = json.loads(INVENTORY.read_text(encoding="utf-8"))
    found = [(module, record) for module in ours.MODULES if module != "dpkt" for record in inventory[module]["classes"] if "hdr" in record]
    assert {(module, record["name"]) for module, record in found} == set(CLASSES)
    for module, record in found:
        compare(record["name"], by_inventory(record), our_class(module, record["name"]))


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_bits_have_the_defaults_of_their_integer(module: str, name: str) -> None:
    """What is said twice is said equally: the integer's default is its bits', put together."""
    whole: dict[str, Any] | None = None
    left = 0
    for field in our_class(module, name).__layer__["fields"]:  # type: ignore[attr-defined]
        if field["type"]["t"] == "bits":
            assert whole is not None
            left -= field["type"]["n"]
            mask = (1 << field["type"]["n"]) - 1
            assert field.get("default", 0) == whole.get("default", 0) >> left & mask, f"{name}.{field['name']}"
        elif field["type"]["t"] in ("uint", "int"):
            whole, left = field, 8 * field["type"]["n"]


def test_deliberate_differences_are_differences() -> None:
    """Nothing is listed that no class has."""
    fields = {(name, field["name"]) for module, name in CLASSES for field in our_class(module, name).__layer__["fields"]}  # type: ignore[attr-defined]
    known = {f"{name}.{field.removeprefix('_') if name in ('DNS', 'SSL2') else field}" for name, field in fields}
    assert set(DELIBERATE) <= known
