"""Capture filters: libpcap compiles them, the engine runs them, and tcpdump, where it is installed, selects as many packets."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import unwire
from unwire.filters import bpf

ROOT = Path(__file__).parent.parent.parent
OFFICE = ROOT / "examples" / "office.pcapng"

try:
    bpf._library()
    HAS_LIBPCAP = True
except unwire.UnwireError:
    HAS_LIBPCAP = False
needs_libpcap = pytest.mark.skipif(not HAS_LIBPCAP, reason="libpcap is not installed")

#: Expressions from pcap-filter(7) and from what people publish.
EXPRESSIONS = [
    "", "tcp", "udp port 53", "host 192.0.2.10", "src net 192.0.2.0/24", "portrange 1-1023", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "icmp",
    "arp or rarp",    "vlan", "vlan and ip", "ip6", "ip6 and tcp", "ether broadcast", "ether multicast", "greater 200", "less 100", "not ip",
    "ip[8] < 64",
    "ip[0] & 0xf != 5",    "len > 60 && len < 100", "tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)",
    "ip proto \\udp", "ether proto 0x0806",
    "icmp[icmptype] == icmp-echo", "tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", "ip[6:2] & 0x1fff != 0", "udp[8:2] & 0x8000 == 0x8000", "pppoes",
    "mpls", "ether[12:2] <= 1500", "ip protochain 6",
]  # fmt: skip


def selected(path: Path, expression: str) -> int:
    trace = unwire.open(path).bpf(expression)
    count = len(trace)
    assert sum(1 for _ in trace.records()) == count
    return count


@needs_libpcap
@pytest.mark.skipif(not shutil.which("tcpdump"), reason="tcpdump is not installed")
def test_as_many_packets_as_tcpdump_selects(kit: Path, tmp_path: Path) -> None:
    captures = [OFFICE, *sorted((ROOT / "tests" / "captures").glob("*.pcap"))]
    captures += [path for path in sorted((kit / "captures").rglob("*.pcap")) if path.stat().st_size < 1 << 20][::200]
    asked = different = 0
    for path in captures:
        if unwire.open(path).info()[0].loss()["reasons"]:
            continue
        for expression in EXPRESSIONS:
            out = tmp_path / "out.pcap"
            done = subprocess.run(["tcpdump", "-n", "-r", path, "-w", out, expression], capture_output=True, timeout=60)
            if done.returncode:
                continue
            asked += 1
            different += selected(path, expression) != len(unwire.open(out))
    assert asked > 300
    assert not different


@needs_libpcap
def test_it_goes_together_with_everything() -> None:
    trace = unwire.open(OFFICE)
    chosen = trace.bpf("udp").filter("udp.port == 53")
    assert [frame.number for frame in chosen] == [frame.number for frame in trace.filter("udp.port == 53")]
    assert len(chosen.packets("frame.number", where="dns").to_arrow()) > 0
    filter = bpf.compile("tcp")
    assert [filter.matches(frame) for frame in trace[:50]] == ["tcp" in frame.protocols for frame in trace[:50]]
    # Another link type, the same packets; and one that an expression means nothing for.
    raw = bpf.compile("ether host 00:00:5e:00:53:01")
    assert not raw.matches(bytes(60), link_type=101)
    assert bpf.compile("ip proto 6").matches(bytes.fromhex("45000014000000004006") + bytes(10), link_type=101)


@needs_libpcap
@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("tcp prt 80", "syntax error"),
        ("(" * 60_000, "memory exhausted"),
        ("ip\0", "NUL"),
        ("ip " * 30_000, "too long"),
        ("ip[1000000000000] == 1", "BPF"),
    ],
)
def test_what_is_wrong_is_said(expression: str, says: str) -> None:
    with pytest.raises(unwire.FilterError, match=says):
        unwire.open(OFFICE).bpf(expression)


@needs_libpcap
def test_a_long_expression_takes_no_long_time() -> None:
    assert selected(OFFICE, " or ".join(["tcp port 1"] * 400 + ["udp port 53"])) == len(unwire.open(OFFICE).bpf("udp port 53"))


def test_where_libpcap_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    bpf._library.cache_clear()
    monkeypatch.setattr(bpf, "_NAMES", ("libpcap-that-nobody-has.so",))
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    with pytest.raises(unwire.UnwireError, match="libpcap, which is not installed"):
        unwire.open(OFFICE).bpf("tcp")
    bpf._library.cache_clear()
