"""What is cut anywhere is an error of the packet or less of it: every class by itself, the frames of the protocols' tests, public captures."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import unwire
from conftest import ROOT
from laws.values import CLASSES, REFUSED, Drawing
from unwire.declare import Packet
from unwire.errors import UnpackError
from unwire.protocols.dns import DNS

READ = {id: cls for id, cls in CLASSES.items() if not issubclass(cls, DNS.Q)}


def _first() -> dict[int, list[Any]]:
    """The classes that each link type may begin with."""
    found: dict[int, list[Any]] = {}
    for cls in READ.values():
        for over in cls.__layer__["over"]:
            for key in over["keys"] if over["space"] == "link" else ():
                found.setdefault(key, []).append(cls)
    return found


FIRST = _first()


def ask(packet: Any) -> None:
    """Everything that can be asked of a packet, in every layer."""
    for layer in packet.layers if isinstance(packet, Packet) else [packet]:
        repr(layer)
        layer.to_dict()
        for field in type(layer).__layer__["fields"]:
            getattr(layer, field["name"], None)
    assert len(packet) == len(bytes(packet))


def cut(classes: list[Any], frame: bytes, sizes: Any, what: str) -> int:
    """Read the beginnings of a frame; return how many were packets."""
    read = 0
    for size in sizes:
        for cls in classes:
            try:
                packet = cls(frame[:size])
            except UnpackError:
                continue
            read += 1
            try:
                ask(packet)
            except Exception as error:
                raise AssertionError(f"{what}: {cls.__name__} of {size} octets: {frame[:size].hex()}") from error
    return read


def _vectors() -> Iterator[tuple[str, int, bytes]]:
    """Every frame that a protocol's own test has."""
    sys.path.insert(0, str(ROOT / "tests" / "protocols"))
    for path in sorted((ROOT / "tests" / "protocols").glob("test_*.py")):
        for vector in getattr(importlib.import_module(path.stem), "VECTORS", ()):
            yield f"{path.stem}: {vector[0]}", vector[1], bytes.fromhex(vector[2])


def test_vectors_of_all_link_types_cut_at_every_byte() -> None:
    read, links = 0, set()
    for what, link, frame in _vectors():
        links.add(link)
        read += cut(FIRST.get(link, []), frame, range(len(frame) + 1), what)
    assert read > 12_000
    assert len(links & FIRST.keys()) >= 20


@pytest.mark.parametrize("cls", READ.values(), ids=[id.removeprefix("unwire.protocols.") for id in READ])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_every_class_cut_at_every_byte(cls: Any, data: st.DataObject) -> None:
    """What random values are packed to, and the defaults."""
    drawing = Drawing(data, cls)
    decided = drawing.decide()
    try:
        packed = bytes(cls(**decided, **drawing.fill(decided)))
    except REFUSED:
        packed = bytes(cls())
    packed += data.draw(st.binary(max_size=8))
    cut([cls], packed, range(len(packed) + 1), "random values")


def test_packets_of_public_captures_cut_at_sampled_bytes(kit: Path) -> None:
    """A few packets of every capture, whatever its link type."""
    read, links = 0, set()
    for path in sorted((kit / "captures").iterdir()):
        frames = unwire.open(path)
        try:
            for frame in frames:
                if frame.number > 3:
                    break
                whole = bytes(frame)
                links.add(frame.link_type)
                step = max(1, len(whole) // 7)
                read += cut(FIRST.get(frame.link_type, []), whole, {*range(0, len(whole), step), len(whole)}, path.name)
        except (ValueError, OSError):
            continue  # What the reader cannot read is the capture tests' business.
    print(f"{read:,} packets of {len(links)} link types, {len(links - FIRST.keys())} of them without a class")
    assert read > 10_000
