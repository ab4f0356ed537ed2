"""The number of workers cannot show: the Arrow IPC stream of `packets` is the same bytes for 1, 2, 3 and 8 of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from unwire import _engine

ROOT = Path(__file__).resolve().parents[1]
CAPTURES = sorted(
    path for folder in ("tests/captures", "examples") for path in (ROOT / folder).iterdir() if ".pcap" in path.name or path.suffix == ".snoop"
)
#: Enough for several batches.
BIG, BIG_BYTES = ROOT / "benches" / "data" / "big.pcap", 45_000_000

SCHEMA = _engine.Schema.built_in()
#: Everything that can be asked, so that every way to a value is taken.
EVERYTHING = [column["name"] for column in SCHEMA.columns()]
FIFTEEN = [
    "frame.time_epoch",
    "frame.len",
    "frame.protocols",
    "eth.src",
    "eth.dst",
    "ip.src",
    "ip.dst",
    "ip.proto",
    "ip.ttl",
    "ip.len",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "udp.srcport",
    "udp.dstport",
]


def digest(path: Path, columns: list[str], occurrence: str, workers: int) -> str:
    """Return the hash of the IPC stream, loss of the capture included."""
    stream = _engine.Stream([_engine.Source(str(path))], SCHEMA, columns, occurrence, workers)
    writer, found = _engine.IpcWriter(stream), hashlib.sha256()
    for batch in stream:
        found.update(writer.write(batch))
    found.update(writer.finish())
    return found.hexdigest()


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of the bench's capture; it ends within a record, as a capture that is cut does."""
    big = Path(os.environ.get("UNWIRE_BIG", BIG))
    if not big.exists():
        pytest.skip("benches/data/big.pcap is not there: python benches/generate.py makes it")
    path = tmp_path_factory.mktemp("captures") / "beginning.pcap"
    with big.open("rb") as source:
        path.write_bytes(source.read(BIG_BYTES))
    return path


@pytest.mark.parametrize("occurrence", ["first", "last", "all"])
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_small_captures(path: Path, occurrence: str) -> None:
    one = digest(path, EVERYTHING, occurrence, 1)
    assert [digest(path, EVERYTHING, occurrence, workers) for workers in (2, 3, 8)] == [one] * 3


@pytest.mark.parametrize("columns", [FIFTEEN, EVERYTHING], ids=["fifteen", "everything"])
def test_several_batches(beginning: Path, columns: list[str]) -> None:
    one = digest(beginning, columns, "first", 1)
    assert [digest(beginning, columns, "first", workers) for workers in (2, 3, 8)] == [one] * 3
