"""Decode-as: what a number means in one reading of captures; the grammar of its rules, and that every reading keeps to them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import unwire
from conftest import pcap
from test_semantics import spoken
from unwire import dpkt
from unwire.cli import main

QUESTION = bytes(dpkt.dns.DNS(id=7, qd=[dpkt.dns.DNS.Q(name="example.com", type=1, cls=1)]))


def frame(port: int, carried: bytes = QUESTION) -> bytes:
    udp = dpkt.udp.UDP(sport=50_000, dport=port, data=carried, ulen=8 + len(carried))
    return bytes(dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=dpkt.ip.IP(src=b"\1\2\3\4", dst=b"\1\2\3\5", p=17, data=udp)))


CAPTURE = pcap(frame(8888), frame(53), frame(8890))


@pytest.mark.parametrize(
    ("rules", "numbers"),
    [
        ("udp.port==8888,dns", [1, 2]),
        (["udp.port==8888,dns", "udp.port==53,data"], [1]),
        ({"udp.port==8880-8890": "dns"}, [1, 2, 3]),
        ("udp.port == 0x22b8:2 , dns", [1, 2]),
        ("udp.port==8888:3,dns", [1, 2, 3]),
        ("tcp.port==8888,dns", [2]),
        ("ip.proto==17,tcp", []),
        ("ethertype==0x800,data", []),
    ],
)
def test_numbers_mean_what_the_rules_say(rules: unwire.capture.decoding.Rules, numbers: list[int]) -> None:
    trace = unwire.open(CAPTURE, decode_as=rules)
    assert [packet.number for packet in trace if "dns" in packet.protocols] == numbers
    assert [row["frame.number"] for row in trace.packets("frame.number", where="dns.id == 7")] == numbers
    assert [packet.number for packet in trace.filter("dns")] == numbers
    assert [packet.number for packet in trace if packet.dns] == numbers
    assert [trace[number - 1].dns.id for number in numbers] == [7] * len(numbers)
    trace.rewind()
    assert [packet.number for packet in iter(lambda: trace.match("DNS"), None)] == numbers
    assert len(trace.dns().to_arrow()) >= 0
    # Another reading of the same bytes knows nothing of it.
    assert [packet.number for packet in unwire.open(CAPTURE).filter("dns")] == [2]


@pytest.mark.parametrize(
    ("rule", "at", "says"),
    [
        ("udp.prt==8888,dns", (0, 7), "did you mean 'udp.port'"),
        ("udp.port==8888,dsn", (15, 18), "did you mean 'dns'"),
        ("udp.port==x,dns", (10, 11), "a number is needed"),
        ("udp.port==,dns", (10, 11), "a number is needed"),
        ("udp.port==9-3,dns", (10, 13), "1 to 65,536"),
        ("udp.port==0-99999999999,dns", (10, 23), "1 to 65,536"),
        ("tcp.port==99999,dns", (10, 15), "tcp.port is 0 to 65535, not 99999"),
        ("udp.port==65530:10,dns", (10, 18), "udp.port is 0 to 65535, not 65539"),
        ("ip.proto==0x100,udp", (10, 15), "ip.proto is 0 to 255, not 256"),
        ("udp.port==8888,", (15, 16), "unknown protocol ''"),
        ("udp.port 8888 dns", (0, 17), "TABLE==NUMBER,PROTOCOL"),
        ("tcp.option==3,dns", (0, 10), "unknown table"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_with_its_place(rule: str, at: tuple[int, int], says: str) -> None:
    with pytest.raises(unwire.FilterError, match=says) as caught:
        unwire.open(CAPTURE, decode_as=rule)
    assert caught.value.at == at


def test_the_largest_numbers_are_taken() -> None:
    for rule in ("udp.port==65535,dns", "udp.port==0-65535,data", "ip.proto==255,udp"):
        assert len(unwire.open(CAPTURE, decode_as=rule)) == len(unwire.open(CAPTURE))


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.pcap"
    path.write_bytes(CAPTURE)
    assert main(["packets", str(path), "-d", "udp.port==8888,dns", "-d", "udp.port==8890,dns", "-e", "dns.id", "-Y", "dns"]) == 0
    assert capsys.readouterr().out == "0x0007\n" * 3
    assert main(["summary", str(path), "-d", "udp.port==8888,dns", "--json"]) == 0
    assert main(["packets", str(path), "-d", "udp.port==8888,dsn"]) == 1
    assert "did you mean 'dns'" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
@pytest.mark.parametrize("numbers", ["8888", "8888-8890", "8888:3", "0x22b8"])
def test_tshark_reads_a_rule_alike(tmp_path: Path, numbers: str) -> None:
    path, rule = tmp_path / "odd.pcap", f"udp.port=={numbers},vxlan"
    path.write_bytes(CAPTURE)
    asked = ["tshark", "-r", path, "-d", rule, "-Y", "vxlan", "-T", "fields", "-e", "frame.number"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert said.stdout
    assert [int(line) for line in said.stdout.split()] == [packet.number for packet in unwire.open(path, decode_as=rule).filter("vxlan")]


#: Rules, a capture, a filter, and the logs that are made of the same.
SAID = [
    ("tcp.port==80,data", "web.pcap", "http", "http"),
    ("tcp.port==80,http", "web.pcap", "http", "http"),
    ("tcp.port==443,data", "tls.pcap", "tls.handshake.type", "ssl"),
    ("tcp.port==443-4444,data", "tls.pcap", "tls", "ssl"),
    ("tcp.port==53,data", "names.pcap", "dns", "dns"),
    (("tcp.port==53,data", "udp.port==53,data"), "names.pcap", "dns", "dns"),
    ("udp.port==4433,data", "datagrams.pcap", "quic", "quic"),
    ("udp.port==80,data", "web.pcap", "http", "http"),
    ("tcp.port==9,data", "web.pcap", "http.response.code == 200", "http"),
]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize(("rules", "name", "where", "log"), SAID, ids=[str(one[0]) for one in SAID])
def test_what_is_told_by_content_keeps_to_the_rules(rules: str | tuple[str, ...], name: str, where: str, log: str, captures: Path) -> None:
    path = captures / name
    each = (rules,) if isinstance(rules, str) else rules
    command = ["tshark", "-n", "-r", str(path), *(word for rule in each for word in ("-d", rule)), "-Y", where, "-T", "fields", "-e", "frame.number"]
    told = [int(line) for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]
    trace = unwire.open(path, decode_as=rules)
    assert [row["frame.number"] for row in trace.packets("frame.number", where=where)] == told
    ports = {row["id.resp_p"] for row in getattr(trace, log)()}
    before = {row["id.resp_p"] for row in getattr(unwire.open(path), log)()}
    silent = {80} if rules == "tcp.port==80,data" else {443} if rules == "tcp.port==443,data" else {4433} if log == "quic" else set()
    if not told:
        assert ports == set()
    else:
        assert ports == before - silent
    # Another reading knows nothing of it.
    assert before == {row["id.resp_p"] for row in getattr(unwire.open(path), log)()}


def test_dns_is_heard_where_a_rule_says_so() -> None:
    found = list(unwire.open(CAPTURE, decode_as="udp.port==8888,dns").dns())
    assert [row["id.resp_p"] for row in found] == [8888, 53]
    assert [row["id.resp_p"] for row in unwire.open(CAPTURE).dns()] == [53]
    two = (len(QUESTION)).to_bytes(2, "big") + QUESTION
    cut = pcap(*spoken((0, two[:5]), (0, two[5:] + two), server=(b"\x0a\0\0\2", 5300)))
    assert [row["query"] for row in unwire.open(cut, decode_as="tcp.port==5300,dns").dns()] == ["example.com"] * 2
    assert [row["dns.id"] for row in unwire.open(cut, decode_as="tcp.port==5300,dns").packets("dns.id", where="dns")] == [7]
    assert list(unwire.open(cut).dns()) == []


def test_services_keep_to_the_rules(captures: Path) -> None:
    def services(path: Path | bytes, *rules: str) -> set[str | None]:
        return {row["service"] for row in unwire.open(path, decode_as=rules).conn() if row["proto"] == "tcp"}

    two = len(QUESTION).to_bytes(2, "big") + QUESTION
    odd = pcap(*spoken((0, two), server=(b"\x0a\0\0\2", 5300)))
    assert services(odd) == {None}
    assert services(odd, "tcp.port==5300,dns") == {"dns"}
    # The rule of another transport says nothing, and what does not look like it is not it.
    assert services(odd, "udp.port==5300,dns") == {None}
    assert services(captures / "tls.pcap") == services(captures / "tls.pcap", "tcp.port==443,dns")
    web = services(captures / "web.pcap")
    assert "http" in web and services(captures / "web.pcap", "tcp.port==1-65535,data") == {None}
