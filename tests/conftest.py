"""What all tests share: where the captures are, and how to write a small one."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KIT = ROOT.parent / "shared" / "conformance"


def pcap(*packets: bytes, link: int = 1, seconds: int = 1_700_000_000) -> bytes:
    """Return a pcap file that holds these packets, a second apart."""
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)]
    for index, packet in enumerate(packets):
        out += [struct.pack("<IIII", seconds + index, 0, len(packet), len(packet)), packet]
    return b"".join(out)


@pytest.fixture(scope="session")
def office() -> Path:
    """The example capture."""
    return ROOT / "examples" / "office.pcapng"


@pytest.fixture(scope="session")
def captures() -> Path:
    """The project's own small captures."""
    return ROOT / "tests" / "captures"


@pytest.fixture(scope="session")
def kit() -> Path:
    """The public captures with tshark's reading of them, where they are."""
    if not KIT.is_dir():
        pytest.skip(f"the conformance kit is not at {KIT.relative_to(ROOT.parent)} beside the checkout")
    return KIT
