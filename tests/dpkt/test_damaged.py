"""Captures that are cut anywhere, or of which a number lies, and files that are none: readers give what dpkt's give and raise what dpkt's raise.

Where dpkt goes on with bytes that are no packet's, or ends without a word, there is an error here; those cases say so.
"""

from __future__ import annotations

import io
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unwire import dpkt as ours

dpkt = pytest.importorskip("dpkt")
PACKET = bytes(dpkt.ethernet.Ethernet(data=dpkt.ip.IP(data=dpkt.udp.UDP(data=b"hello"))))


def pcap(*lengths: int, magic: int = 0xA1B2C3D4, order: str = "<", link: int = 1) -> bytes:
    """A capture of records that claim to be so long; each has the packet."""
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack(order + "IIII", 1, 2, length, length) + PACKET for length in lengths)


def block(kind: int, body: bytes, order: str = "<", length: int | None = None) -> bytes:
    size = 12 + len(body)
    return struct.pack(order + "II", kind, size if length is None else length) + body + struct.pack(order + "I", size)


def pcapng(order: str = "<", *others: bytes) -> bytes:
    """A section, an interface, other blocks, a packet."""
    section = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    packet = struct.pack(order + "IIIII", 0, 0, 5, len(PACKET), len(PACKET)) + PACKET + bytes(-len(PACKET) % 4)
    return section + block(1, struct.pack(order + "HHI", 1, 0, 0), order) + b"".join(others) + block(6, packet, order)


def outcome(read: Callable[[Any], Any], module: Any) -> Any:
    """What a program has, or the name of what it must catch."""
    try:
        return [(ts, bytes(packet)) for ts, packet in read(module)]
    except Exception as error:
        return type(error).__name__


def agree(data: bytes) -> None:
    for read in (
        lambda m: m.pcap.UniversalReader(io.BytesIO(data)),
        lambda m: m.pcap.Reader(io.BytesIO(data)),
        lambda m: m.pcapng.Reader(io.BytesIO(data)),
    ):
        assert outcome(read, ours) == outcome(read, dpkt), data.hex()


@pytest.mark.parametrize("data", [pcap(len(PACKET), len(PACKET)), pcapng(), pcapng(">")], ids=["pcap", "pcapng", "pcapng, big-endian"])
def test_cut_anywhere(data: bytes) -> None:
    for size in range(len(data) + 1):
        agree(data[:size])


@pytest.mark.parametrize("length", [0, 1, 2, 100_000, 2**31 - 1, 2**31, 2**32 - 1])
def test_lengths_that_lie(length: int) -> None:
    agree(pcap(len(PACKET), length))


@pytest.mark.parametrize("order", ["<", ">"])
def test_magic_numbers_and_link_types(order: str) -> None:
    for magic in (0xA1B2C3D4, 0xA1B23C4D, 0xD4C3B2A1, 0x12345678, 0):
        agree(pcap(len(PACKET), magic=magic, order=order))
    for link in (0, 12, 101, 65535, 2**32 - 1):
        readers = [module.pcap.Reader(io.BytesIO(pcap(link=link, order=order))) for module in (ours, dpkt)]
        assert len({(reader.datalink(), reader.dloff) for reader in readers}) == 1


@pytest.mark.parametrize("length", [0, 4, 8, 13, 0xFFFFFFF0])
def test_blocks_that_have_no_length(length: int) -> None:
    """Dpkt takes a length of 8 for the end of the file, and one of 13 for that of a block; a damaged length is an error."""
    found = outcome(lambda m: m.pcapng.Reader(io.BytesIO(pcapng("<", block(6, b"", length=length)))), ours)
    assert found in ("UnpackError", "NeedData")


class Slow(io.RawIOBase):
    """A source that cannot seek and gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self.rest = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.rest.read(min(len(buffer), 7))
        buffer[: len(found)] = found
        return len(found)


@pytest.mark.parametrize("data", [pcap(len(PACKET), len(PACKET)), pcapng()], ids=["pcap", "pcapng"])
def test_sources_that_cannot_seek(data: bytes) -> None:
    expected = outcome(lambda m: m.pcap.UniversalReader(io.BytesIO(data)), dpkt)
    assert outcome(lambda m: m.pcap.UniversalReader(Slow(data)), ours) == expected
    source, sink = os.pipe()
    writer = threading.Thread(target=lambda: (os.write(sink, data[:30]), os.write(sink, data[30:]), os.close(sink)))
    writer.start()
    with os.fdopen(source, "rb") as file:
        assert outcome(lambda m: m.pcap.UniversalReader(file), ours) == expected
    writer.join()


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(len(PACKET)))
    with path.open(errors="replace") as text, pytest.raises(TypeError, match=r"bytes-like object is required.*binary"):
        ours.pcap.Reader(text)
    for nothing in (None, str(path)):
        for module in (ours, dpkt):
            with pytest.raises(AttributeError):
                module.pcap.Reader(nothing)
    with path.open("rb") as file:
        reader = ours.pcap.Reader(file)
    with pytest.raises(ValueError, match="closed file"):
        list(reader)


def test_an_error_of_the_source_is_the_program_s() -> None:
    class Failing:
        calls = 0

        def read(self, size: int) -> bytes:
            self.calls += 1
            if self.calls > 1:
                raise RuntimeError("the disk")
            return pcap()

    with pytest.raises(RuntimeError, match="the disk"):
        list(ours.pcap.Reader(Failing()))
