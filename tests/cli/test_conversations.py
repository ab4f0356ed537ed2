"""`unwire stats conversations` and tshark's `-z conv`: the same ends, packets and bytes in both directions, asked of an installed tshark."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from commands import run

OWN = ("web.pcap", "names.pcap", "tls.pcap", "starttls.pcap", "datagrams.pcap", "any.pcap", "cooked.pcap", "raw.pcap", "tiny.pcapng")
#: Ends in the example's tunnels.
CARRIED = {"192.0.2.193", "192.0.2.200", "192.0.2.225", "192.0.2.230"}
#: Of one end and the other, and from the one to the other: packets and bytes.
Sent = dict[tuple[str, str], list[int]]
_ROW = re.compile(r"(\S+)\s+<->\s+(\S+)\s+(\d+) (\d+) (bytes|kB|MB)\s+(\d+) (\d+) (bytes|kB|MB)\s")
_UNITS = {"bytes": 1, "kB": 1000, "MB": 1_000_000}


def theirs(path: Path, kind: str) -> tuple[Sent, Sent]:
    """Return what tshark lists, and by how much each number may be rounded."""
    asked = ["tshark", "-n", "-q", "-r", str(path), "-z", f"conv,{kind}"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    sent: Sent = defaultdict(lambda: [0, 0])
    rounded: Sent = defaultdict(lambda: [0, 0])
    rows = [line for line in lines if "<->" in line]
    for line in rows:
        found = _ROW.match(line)
        assert found, line
        one, other, *numbers = found.groups()
        for ends, packets, size, unit in ((((other, one)), *numbers[:3]), (((one, other)), *numbers[3:])):
            if int(packets):
                sent[ends][0] += int(packets)
                sent[ends][1] += int(size) * _UNITS[unit]
                rounded[ends][1] += _UNITS[unit] - 1
    return sent, rounded


def ours(path: Path, kind: str) -> Sent:
    sent: Sent = defaultdict(lambda: [0, 0])
    for row in run("stats", "conversations", path, "--by", "address" if kind.startswith("ip") else "port", "-T", "json").json:
        if row["protocol"] != kind and not (kind.startswith("ip") and (":" in row["a"]) == (kind == "ipv6")):
            continue
        one, other = (row[end] if row[f"{end}_port"] is None else f"{row[end]}:{row[f'{end}_port']}" for end in ("a", "b"))
        for ends, way in (((one, other), "a_to_b"), ((other, one), "b_to_a")):
            if row[f"packets_{way}"]:
                sent[ends][0] += row[f"packets_{way}"]
                sent[ends][1] += row[f"bytes_{way}"]
    return sent


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("name", [*OWN, "office.pcapng"])
def test_conversations_are_tshark_s(name: str, captures: Path, office: Path) -> None:
    path = office if name == office.name else captures / name
    compared = 0
    # Of the example the pings in pieces are datagrams for tshark where they are whole, so IP is left out there.
    for kind in ("tcp", "udp", "ip", "ipv6") if path != office else ("tcp", "udp"):
        (expected, rounded), found = theirs(path, kind), ours(path, kind)
        if path == office:
            # A packet has one conversation here, the outer one: tshark lists what GRE and VXLAN carry, too.
            expected = {ends: sent for ends, sent in expected.items() if not (CARRIED & {end.partition(":")[0] for end in ends})}
        assert set(found) == set(expected), kind
        for ends, (packets, size) in expected.items():
            assert found[ends][0] == packets, (kind, ends)
            assert size <= found[ends][1] + rounded[ends][1] and found[ends][1] <= size + rounded[ends][1], (kind, ends)
        compared += len(expected)
    assert compared
