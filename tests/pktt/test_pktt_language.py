"""Pktt's match language: against an evaluation of the packet's own attributes in Python, its errors, and whatever a grammar or a cat writes."""

from __future__ import annotations

import binascii
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unwire
from unwire import dpkt
from unwire.filters import pktt

CAPTURES = Path(__file__).parent.parent / "captures"


def numbers(expression: str, name: str = "loopback.pcap") -> list[int]:
    """Return the numbers of the packets that an expression matches, one match after the other."""
    trace = unwire.open(CAPTURES / name)
    found = []
    while packet := trace.match(expression):
        assert trace.pkt is packet
        assert trace.get_index() == packet.number
        found.append(packet.number)
    assert trace.pkt is None
    return found


#: Expressions, and the same asked of the packet's objects.
ASKED: dict[str, Any] = {
    "TCP.flags.ACK == 1 and TCP.flags.SYN == 1": lambda p: p.tcp and p.tcp.flags & 0x12 == 0x12,
    "UDP.src_port == 1 or TCP.flags.SYN == 1": lambda p: p.tcp and p.tcp.flags & 2,
    "TCP.flags.SYN == 1 or UDP.src_port == 1": lambda p: p.tcp and p.tcp.flags & 2,
    "TCP.flags.SYN != 1": lambda p: p.tcp and not p.tcp.flags & 2,
    "not TCP.flags.SYN == 1": lambda p: not (p.tcp and p.tcp.flags & 2),
    "80 == TCP.dst_port": lambda p: p.tcp and p.tcp.dport == 80,
    "1024 < TCP.dst_port": lambda p: p.tcp and p.tcp.dport > 1024,
    "80 <= TCP.dst_port <= 1024": lambda p: p.tcp and 80 <= p.tcp.dport <= 1024,
    "tcp.DST_PORT in [80, 443]": lambda p: p.tcp and p.tcp.dport in (80, 443),
    "TCP.dst_port not in (80, 443)": lambda p: p.tcp and p.tcp.dport not in (80, 443),
    "TCP.flags.rawflags & 0x12 == 0x12": lambda p: p.tcp and p.tcp.flags & 0x12 == 0x12,
    "TCP.seq_number % 2 == 1": lambda p: p.tcp and p.tcp.seq % 2 == 1,
    "TCP.src_port + TCP.dst_port * 2 > 0x10000L": lambda p: p.tcp and p.tcp.sport + p.tcp.dport * 2 > 0x10000,
    "TCP.src_port << 1 >= 100000": lambda p: p.tcp and p.tcp.sport << 1 >= 100000,
    "TCP.src_port > TCP.dst_port": lambda p: p.tcp and p.tcp.sport > p.tcp.dport,
    "TCP.hl == 5": lambda p: p.tcp and p.tcp.off == 5,
    "TCP.window_size > 100 and (TCP.flags.FIN == 1 or TCP.flags.PSH == 1)": lambda p: p.tcp and p.tcp.win > 100 and p.tcp.flags & 9,
    "IP.src == re('127.0.*')": lambda p: p.ip and re.search("127.0.*", p.ip.src.text),
    r"re.search('^127\.0', IP.src)": lambda p: p.ip and re.search(r"^127\.0", p.ip.src.text),
    "re.match('7', IP.src)": lambda p: p.ip and re.match("7", p.ip.src.text),
    "IP.src != re('^1')": lambda p: (p.ip or p.ipv6) and not re.search("^1", (p.ip or p.ipv6).src.text),
    "IP.src == '127.0.0.1'": lambda p: p.ip and p.ip.src.text == "127.0.0.1",
    "IP.src == '::1'": lambda p: p.ipv6 and p.ipv6.src.text == "::1",
    "IP.dst in ['::1', '127.0.0.1']": lambda p: (p.ip or p.ipv6) and (p.ip or p.ipv6).dst.text in ("::1", "127.0.0.1"),
    "IP.TTL == 64": lambda p: p.ip and p.ip.ttl == 64,
    "IP.version == 6": lambda p: bool(p.ipv6),
    "IP.protocol == 6": lambda p: (p.ip and p.ip.p == 6) or (p.ipv6 and p.ipv6.nxt == 6),
    "ETHERNET.type == 0x86DD": lambda p: p.eth.type == 0x86DD,
    "ETHERNET.src == '00:00:00:00:00:00'": lambda p: p.eth.src == bytes(6),
    "RECORD.index in [3, 5, 7]": lambda p: p.index in (3, 5, 7),
    "record.frame < 4": lambda p: p.number < 4,
    "record.length_orig > 100": lambda p: p.len > 100,
    "record.rsecs > 0.001": lambda p: p.record.rsecs > 0.001,
    "record.usecs % 2 == 0": lambda p: p.record.usecs % 2 == 0,
    "'GET' in TCP.data": lambda p: p.tcp and b"GET" in bytes(p.tcp.data),
    "TCP.data == re('HTTP/1')": lambda p: p.tcp and b"HTTP/1" in bytes(p.tcp.data),
    "len(TCP.data) > 20": lambda p: p.tcp and len(p.tcp.data) > 20,
    "crc32(TCP.data) % 2 == 1": lambda p: p.tcp and zlib.crc32(bytes(p.tcp.data)) % 2 == 1,
    "crc16(TCP.data) > 30000": lambda p: p.tcp and p.tcp.data and binascii.crc_hqx(bytes(p.tcp.data), 0xA5A5) > 30000,
    "TCP.options[0].kind == 2": lambda p: p.tcp and [kind for kind, _ in dpkt.tcp.parse_opts(p.tcp.opts)][:1] == [2],
    "TCP.options[2].kind == 8": lambda p: p.tcp and [kind for kind, _ in dpkt.tcp.parse_opts(p.tcp.opts)][2:3] == [8],
    "TCP.options[-1].kind == 3": lambda p: p.tcp and [kind for kind, _ in dpkt.tcp.parse_opts(p.tcp.opts)][-1:] == [3],
    "str(TCP.dst_port) == '80'": lambda p: p.tcp and p.tcp.dport == 80,
    "TCP": lambda p: p.tcp,
    "UDP is None": lambda p: p.udp is None,
    "TCP != None and IP == None": lambda p: p.tcp and not p.ip and not p.ipv6,
    "1 == 1": lambda p: True,
    "1 + 2 * 3 == 8": lambda p: False,
    "tcp.hdr_len == 32": lambda p: p.tcp and p.tcp.off == 8,
}


@pytest.mark.parametrize("expression", ASKED)
def test_an_expression_finds_what_python_finds(expression: str) -> None:
    expected = [packet.number for packet in unwire.open(CAPTURES / "loopback.pcap") if ASKED[expression](packet)]
    assert numbers(expression) == expected


@pytest.mark.parametrize(
    ("expression", "at", "says"),
    [
        ("", (0, 1), "empty"),
        ("TCP.dst_prot == 80", (0, 12), "did you mean 'dst_port'"),
        ("TPC.dst_port == 80", (0, 3), "did you mean 'tcp'"),
        ("TCP.dst_port = 80", (13, 14), "'=' begins nothing"),
        ("TCP.dst_port == '80'", (16, 20), "is a number"),
        ("IP.src == 3", (10, 11), "text or an address"),
        ("IP.src == 'a", (10, 11), "not closed"),
        ("(TCP.dst_port == 80", (18, 19), "')' is needed"),
        ("TCP.dst_port == 80)", (18, 19), "not expected"),
        ("TCP.dst_port ==", (14, 15), "where an attribute or value is needed"),
        ("md5(TCP.data) == 1", (0, 3), "unknown function"),
        ("crc32(TCP.dst_port) == 1", (6, 18), "is of bytes or text"),
        ("TCP.options['a'].kind == 1", (12, 15), "whole number"),
        ("TCP.options[0].nothing == 1", (0, 22), "unknown attribute"),
        ("IP.src == re('(')", (10, 17), "unclosed group"),
        ("NFS.argop == 25", (0, 3), "not declared yet"),
        ("TCP.dst_port == [80]", (16, 17), "compared with in"),
        ("TCP.dst_port / 0 == 1 / 0", (20, 25), "division by zero"),
        ("open('/etc/passwd')", (0, 4), "unknown function"),
        ("__import__('os')", (0, 10), "unknown function"),
        ("(" * 100 + "TCP" + ")" * 100, None, "levels"),
        ("not " * 10_000 + "1 == 1 and", None, "needed"),
    ],
)
def test_an_error_has_its_place(expression: str, at: tuple[int, int] | None, says: str) -> None:
    with pytest.raises(unwire.FilterError, match=re.escape(says)) as caught:
        numbers(expression)
    assert at is None or caught.value.at == at


WORDS = st.sampled_from([
    "TCP.dst_port", "TCP.flags.SYN", "IP.src", "IP.TTL", "ETHERNET.type", "record.index", "TCP", "UDP.length", "TCP.data", "NFS.argop", "IP.nothing",
    "==", "!=", "<", ">=", "and", "or", "not", "in", "is", "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>",
    "1", "0x10", "80", "1.5", "99999999999999999999999", "'127.0.0.1'", "'x'", "''", "re('1.*')", "re(", "len(", "str(", "None", "True", "re.search(",
    ".", "'", "\\", "é", "\0", "\n",
])  # fmt: skip


def well_formed() -> st.SearchStrategy[str]:
    number = st.sampled_from(["TCP.dst_port", "IP.TTL", "record.index", "TCP.flags.SYN", "UDP.length", "len(TCP.data)"])
    constant = st.one_of(st.integers(0, 1 << 40).map(str), st.integers(0, 1 << 40).map(hex), st.just("1.5"))
    operator = st.sampled_from(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"])
    reckoned = st.one_of(number, st.builds(lambda a, o, b: f"({a} {o} {b})", number, operator, st.integers(0, 40).map(str)))
    relation = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    test = st.one_of(
        st.builds(lambda a, o, b: f"{a} {o} {b}", reckoned, relation, constant),
        st.builds(lambda a, o, b: f"{b} {o} {a}", reckoned, relation, constant),
        st.builds(lambda a, items: f"{a} in [{', '.join(items)}]", number, st.lists(constant, max_size=4)),
        st.sampled_from(["IP.src == '127.0.0.1'", "IP.src == re('^1')", "'GET' in TCP.data", "TCP", "ETHERNET.src != '00:00:00:00:00:01'"]),
    )
    return st.recursive(
        test,
        lambda inner: st.one_of(
            st.builds(lambda a, o, b: f"({a}) {o} ({b})", inner, st.sampled_from(["and", "or"]), inner), inner.map(lambda a: f"not ({a})")
        ),
        max_leaves=8,
    )


@settings(max_examples=300, deadline=None)
@given(well_formed())
def test_what_the_grammar_makes_is_read_and_asked(expression: str) -> None:
    trace = unwire.open(CAPTURES / "tiny.pcap")
    packet = trace.match(expression)
    assert packet is None or trace.compiled(expression).matches(packet)
    negated = trace.compiled(f"not ({expression})")
    assert all(negated.matches(one) != trace.compiled(expression).matches(one) for one in trace)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=40)))
def test_what_is_no_expression_is_an_error_with_a_place(expression: str) -> None:
    try:
        unwire.open(CAPTURES / "tiny.pcap").compiled(expression)
    except unwire.FilterError as error:
        start, end = error.at
        assert 0 <= start < end <= max(1, len(expression)) + 1
        assert str(error)


#: Every expression of the page on packet.pktt; those of layers that nobody declares yet wait.
SEED = [
    "TCP.flags.ACK == 1 and TCP.flags.SYN == 1", "IP.src == re('192.168.1.*')", "IP.dst == '' and TCP.dst_port == 2049",
    "IP.src == '' and TCP.src_port == 2049",
]  # fmt: skip
WAITING = [
    "NFS.argop == 25", "NFS.argop == 42", "NFS.argop in [42,43]", "NFS.op == 18", "NFS.attr_request & 0x4000000000000000L != 0",
    "RPC.xid == 7 and 62 in NFS.attributes", "NFS.argop == 38", "NFS.op in [4,18]", "NFS.argop == 18", "RPC.xid == 7 and NFS.resop == 18",
    "NFS.argop == 4 and NFS.stateid == 'x'", "RPC.xid == 7 and NFS.resop == 4", "NFS.status == 0", "NFS.sequenceid == 25",
    "NFS.opputfh.status == 0",
]  # fmt: skip


@pytest.mark.parametrize("expression", SEED)
def test_the_seeds_expressions_run(expression: str) -> None:
    assert isinstance(numbers(expression), list)


@pytest.mark.parametrize("expression", WAITING)
def test_expressions_of_nfs_wait_for_it_by_name(expression: str) -> None:
    with pytest.raises(pktt.WaitingError, match="not declared yet"):
        numbers(expression)


def test_behind_the_last_packet_nothing_matches() -> None:
    trace = unwire.open(CAPTURES / "tiny.pcap")
    assert trace[-1] is not None
    assert trace.match("IP") is None
    assert trace.match("IP", rewind=True) is None
    trace.rewind()
    assert trace.match("IP") is not None


@pytest.mark.parametrize(
    ("expression", "display"),
    [
        ("TCP.seq == 1", "tcp.seq == 1"),
        ("TCP.seq > 1 and TCP.flags.PSH == 1", "tcp.seq > 1 && tcp.flags.push == 1"),
        ("TCP.stream == 1", "tcp.stream == 1"),
        ("TCP.stream == 0 or UDP.stream == 0", "tcp.stream == 0 || udp.stream == 0"),
        ("TCP.stream == 99", "tcp.stream == 99"),
    ],
)
def test_what_needs_the_packets_before_is_found(expression: str, display: str) -> None:
    wanted = [packet.number for packet in unwire.open(CAPTURES / "loopback.pcap").filter(display)]
    assert numbers(expression) == wanted
    trace = unwire.open(CAPTURES / "loopback.pcap")
    assert trace.match(expression, maxindex=wanted[0] - 1 if wanted and wanted[0] > 1 else 1) is (None if wanted[:1] != [1] else trace.pkt)
    for number in wanted[:2] * 2:
        trace.rewind(number - 1) or trace.seek(number - 1)
        assert trace.match(expression).number == number
    # Of a filtered trace the index counts what matches its filter.
    some = unwire.open(CAPTURES / "loopback.pcap").filter("tcp.flags.ack == 1")
    found = []
    while packet := some.match(expression):
        found.append(packet.number)
    assert found == [packet.number for packet in some.filter(display)]


def test_names_of_a_protocol_of_ones_own_are_declared_with_it() -> None:
    from unwire.declare import Packet, field, u16

    class Aliased(Packet, over={"udp.port": 53}, name="aliased", aliases={"number": "aliased.id", "half": "aliased.id//2", "rest": "aliased:"}):
        """A protocol with Pktt's names"""

        id: u16 = field(0, "aliased.id")

    try:
        trace = unwire.open(CAPTURES.parent.parent / "examples" / "office.pcapng")
        number = trace.match("ALIASED.number > 0").aliased.id
        trace.rewind()
        assert trace.match(f"ALIASED.half == {number // 2} and len(ALIASED.rest) > 4").aliased.id == number
        with pytest.raises(unwire.FilterError, match="did you mean 'number'"):
            trace.match("ALIASED.numbr == 1")
    finally:
        from unwire.declare.registry import registry

        registry.remove(Aliased.__layer__["id"])
