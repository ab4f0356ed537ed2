"""Laws that hold for every class of dpkt's modules up to the transport layer, whatever its protocol."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import unwire
from conftest import ROOT
from unwire import dpkt
from unwire.declare import Packet, Part

FIRST = {1: dpkt.ethernet.Ethernet, 101: dpkt.ip.IP, 113: dpkt.sll.SLL, 228: dpkt.ip.IP, 229: dpkt.ip6.IP6, 276: dpkt.sll2.SLL2}


def _classes() -> Iterator[type[Packet | Part]]:
    seen = set()
    for module in pkgutil.iter_modules(dpkt.__path__):
        found = importlib.import_module(f"unwire.dpkt.{module.name}")
        waiting = [one for one in vars(found).values() if isinstance(one, type)]
        for cls in waiting:
            if issubclass(cls, Packet | Part) and cls.__module__.startswith("unwire.protocols") and cls not in seen:
                seen.add(cls)
                waiting.extend(one for one in vars(cls).values() if isinstance(one, type))
                yield cls


#: What stands in a message only, as in dpkt: it has no length by itself and cannot be read.
ENTRIES = (dpkt.dns.DNS.Q,)
CLASSES = sorted((cls for cls in _classes() if not issubclass(cls, ENTRIES)), key=lambda cls: cls.__layer__["id"])
each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__layer__["id"].removeprefix("unwire.protocols."))


def _vectors() -> list[tuple[str, int, bytes]]:
    """Every frame that a protocol's own test has."""
    sys.path.insert(0, str(ROOT / "tests" / "protocols"))
    out = []
    for path in sorted((ROOT / "tests" / "protocols").glob("test_*.py")):
        for vector in getattr(importlib.import_module(path.stem), "VECTORS", ()):
            out.append((f"{path.stem}: {vector[0]}", vector[1], bytes.fromhex(vector[2])))
    return out


FRAMES = _vectors()


def _walk(packet: Any) -> list[Any]:
    """Everything that can be asked of a packet."""
    layers = packet.layers
    for layer in layers:
        repr(layer)
        layer.to_json()
        for field in type(layer).__layer__["fields"]:
            getattr(layer, field["name"], None)
    assert len(packet) == len(bytes(packet))
    return layers


@each_class
def test_packs_with_its_own_defaults(cls: type[Any]) -> None:
    made = cls()
    packed = bytes(made)
    assert len(made) == len(packed)
    assert bytes(made) == packed
    repr(made)


@each_class
def test_copies_are_equal_and_apart(cls: type[Any]) -> None:
    made = cls()
    made.noted = [1]
    for twin in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert bytes(twin) == bytes(made)
        assert type(twin) is cls
        assert twin.noted == [1]
    copy.deepcopy(made).noted.append(2)
    assert made.noted == [1]


def test_a_frame_cut_anywhere_is_an_error_of_the_packet_or_less_of_it() -> None:
    """The frames of the protocols' own tests, cut at every byte."""
    read = 0
    for what, link, frame in FRAMES:
        if link not in FIRST:
            continue
        for size in range(len(frame) + 1):
            try:
                packet = FIRST[link](frame[:size])
            except dpkt.UnpackError:
                continue
            read += 1
            try:
                _walk(packet)
            except Exception as error:
                raise AssertionError(f"{what} cut to {size} octets: {frame[:size].hex()}") from error
    assert read > 9_000


def test_copies_of_what_was_read() -> None:
    for what, link, frame in FRAMES:
        if link not in FIRST:
            continue
        try:
            packet = FIRST[link](frame)
        except dpkt.UnpackError:
            continue
        packed, text = bytes(packet), repr(packet)
        for twin in (copy.copy(packet), copy.deepcopy(packet), pickle.loads(pickle.dumps(packet))):
            assert (bytes(twin), repr(twin)) == (packed, text), what


def test_real_packets(kit: Path) -> None:
    """A few packets of every public capture, whole and cut: what was read is given back, and checksums can be asked for."""
    verdicts = {True: 0, False: 0}
    for path in sorted((kit / "captures").iterdir()):
        frames = unwire.open(path)
        try:
            for frame in frames:
                if frame.number > 2:
                    break
                if frame.link_type in FIRST:
                    _check_real(FIRST[frame.link_type], bytes(frame), verdicts)
        except (ValueError, OSError):
            continue  # What the reader cannot read is the capture tests' business.
    assert verdicts[True] > 5 * verdicts[False] > 0


def _check_real(cls: type[Any], frame: bytes, verdicts: dict[bool, int]) -> None:
    step = max(1, len(frame) // 7)
    for size in (*range(0, len(frame), step), len(frame)):
        try:
            packet = cls(frame[:size])
        except dpkt.UnpackError:
            continue
        if size == len(frame):
            for verdict in packet.verify_checksums().values():
                verdicts[verdict] += 1
            assert frame.startswith(packet.raw)
        _walk(packet)


@each_class
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_comes_back_or_does_not_fit(cls: type[Any], data: st.DataObject) -> None:
    """A number too large for its field is refused when it is set or packed, never cut."""
    numbers = [field for field in cls.__layer__["fields"] if field["type"]["t"] in ("uint", "int", "bits")]
    if not numbers:
        return
    field = data.draw(st.sampled_from(numbers))
    size = field["type"]["n"] if field["type"]["t"] == "bits" else 8 * field["type"]["n"]
    value = data.draw(st.integers(-1 << size, 1 << size + 1))
    fits = -(1 << size - 1) <= value < 1 << size - 1 if field["type"]["t"] == "int" else 0 <= value < 1 << size
    try:
        made = cls(**{field["name"]: value})
        packed = bytes(made)
    except (dpkt.PackError, ValueError):
        return
    assert fits, f"{field['name']}={value} was packed as {packed.hex()}"
    try:
        again = cls(packed)
    except dpkt.UnpackError:
        return  # A discriminator that says the packet is another.
    stated = ("length" in field and value == 0) or "checksum" in field
    assert stated or getattr(again, field["name"], value) == value
