"""A protocol that a user declares in a script is a protocol like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import unwire
from conftest import pcap

#: All that a new protocol costs.
MINE = '''
"""A made-up protocol on UDP port 4242."""

from unwire.declare import Packet, field, raw, text, u8, u16


class Beacon(Packet, over={"udp.port": 4242}, name="beacon"):
    magic: u16 = field(0xBEAC, "beacon.magic", base="hex", must="magic == 0xBEAC")
    size: u8 = field(0, "beacon.size")
    label: str = text("size", column="beacon.label")
'''

HEADERS = "0200000000020200000000010800 450000%02x00000000401100000a0000010a000002 1092109200%02x0000"


def run(source: str, name: str) -> None:
    """Run a user's script as a module of that name."""
    exec(compile(source, f"{name}.py", "exec", dont_inherit=True), {"__name__": name})


def beacon(label: bytes, magic: str = "beac") -> bytes:
    """Return an Ethernet frame with a beacon."""
    body = bytes.fromhex(magic) + bytes([len(label)]) + label
    return bytes.fromhex(HEADERS % (28 + len(body), 8 + len(body))) + body


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "beacons.pcap"
    path.write_bytes(pcap(beacon(b"north"), beacon(b"", "dead"), beacon(b"south")[:-2]))
    return path


def test_it_has_columns_and_shows_in_the_chain(capture: Path) -> None:
    run(MINE, "beacons")
    table = unwire.open(capture).packets("frame.protocols", "beacon.magic", "beacon.label", "stop")
    assert [tuple(row.values()) for row in table] == [
        ("eth:ethertype:ip:udp:beacon", 0xBEAC, "north", "end"),
        ("eth:ethertype:ip:udp", None, None, "no_link"),  # another magic: the port only suggested it
        ("eth:ethertype:ip:udp:beacon", 0xBEAC, None, "short"),  # the label is cut, the rest stands
    ]


def test_a_class_made_again_replaces_its_predecessor_and_tables_keep_their_generation(capture: Path) -> None:
    run(MINE.replace("beacon.", "again."), "again")
    old = unwire.open(capture).packets("again.label", "again.size")
    run(MINE.replace("beacon.", "again.").replace("4242", "4243"), "again")
    new = unwire.open(capture).packets("again.label")
    assert [row["again.label"] for row in new] == [None, None, None]
    assert [row["again.label"] for row in old] == ["north", None, None]


def test_load_makes_it_known_to_the_command_line(capture: Path, tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(MINE)
    command = [sys.executable, "-m", "unwire", "--load", str(script), "packets", str(capture), "-e", "beacon.label"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("north\n\n\n", "", 0)


def test_an_over_that_nobody_looks_up_is_told(capture: Path) -> None:
    run(MINE.replace("udp.port", "udp.prot").replace("beacon", "lost").replace("Beacon", "Lost"), "lost")
    with pytest.raises(unwire.DeclarationError, match=r"Lost: no protocol looks its payload up in space 'udp.prot'; did you mean 'udp.port'"):
        unwire.open(capture).packets("frame.number")
    unwire.open(capture).packets("frame.number")  # the class was withdrawn, and nothing else suffers from it


LIST = '''
"""A made-up list of bytes."""

from unwire.declare import Packet, field, repeat, u8, u16


class Bytes(Packet, over={"link": 147}, name="bytes"):
    kind: u8 = field(0, "bytes.kind")
    each: list[u8] = repeat(u8, "bytes.each")
'''


def test_a_list_longer_than_the_cap_says_so() -> None:
    run(LIST, "bytes_list")
    trace = unwire.open(pcap(bytes(100), bytes(65_537), bytes(65_538), link=147))
    # Whatever else is asked for, or nothing else.
    for columns in (("stop", "stop.layer"), ("stop", "stop.layer", "bytes.each"), ("bytes.each", "bytes.kind", "bytes.each", "stop", "stop.layer")):
        rows = list(trace.packets(*columns))
        assert [(row["stop"], row["stop.layer"]) for row in rows] == [("end", None), ("end", None), ("items", "bytes")]
        if "bytes.each" in columns:
            assert [len(row["bytes.each"]) for row in rows] == [99, 65_536, 65_536]
    assert [frame.stop[0] for frame in trace] == ["end", "end", "items"]
