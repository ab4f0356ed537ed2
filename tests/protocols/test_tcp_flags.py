"""The flags of a segment as one text, as Wireshark writes them."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

import unwire
from unwire.protocols.tcp import TCP

_LETTERS = "RRRACEUAPRSF"


def _capture() -> bytes:
    """All flags there are, each in a connection of its own."""
    frames = []
    for flags in range(4096):
        tcp = struct.pack("!HHIIHHHH", 1024 + flags, 80, 1, 2, 5 << 12 | flags, 100, 0, 0)
        frames.append(struct.pack("!BBHHHBBH8s", 0x45, 0, 40, 1, 0, 64, 6, 0, bytes([10, 0, 0, 1, 10, 0, 0, 2])) + tcp)
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)
    return head + b"".join(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame for frame in frames)


def _shown(flags: int) -> str:
    return "".join(letter if flags >> (11 - place) & 1 else "·" for place, letter in enumerate(_LETTERS))


def test_flags_have_a_letter_each() -> None:
    rows = unwire.open(_capture()).packets("tcp.flags", "tcp.flags.str").to_arrow().to_pylist()
    assert [row["tcp.flags.str"] for row in rows] == [_shown(flags) for flags in range(4096)]
    assert TCP(flags=0x18).flags_str == "·······AP···" == TCP(bytes(TCP(flags=0x18))).flags_str
    assert unwire.open(_capture()).packets("tcp.flags", where='tcp.flags.str == "···A······S·"').to_arrow().to_pylist() == [{"tcp.flags": 0x102}]
    assert unwire.open(_capture()).packets(where='tcp.flags.str contains "AP"').to_arrow().num_rows == 1024


def test_a_segment_that_is_cut_before_its_flags_has_none() -> None:
    capture = bytearray(_capture()[: 24 + 16 + 40])
    struct.pack_into("<I", capture, 24 + 8, 33)
    assert unwire.open(bytes(capture[: 24 + 16 + 33])).packets("tcp.flags.str").to_arrow().to_pylist() == [{"tcp.flags.str": None}]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_writes_them_so(tmp_path: Path) -> None:
    path = tmp_path / "flags.pcap"
    path.write_bytes(_capture())
    out = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "tcp.flags.str"], capture_output=True, check=True, text=True, timeout=120)
    # Where both sides have agreed on accurate ECN, which a frame alone does not tell, it writes the three bits as a number.
    assert out.stdout.split() == [_shown(flags) for flags in range(4096)]
