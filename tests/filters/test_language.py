"""The display-filter language by itself: what is understood, what is refused and where, and that nothing at all makes it fall over."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unwire
from conftest import ROOT, pcap
from unwire.filters import tree
from unwire.filters.compiled import Filter
from unwire.schema import current

#: expression, the part that is wrong, words of the reason
WRONG = [
    ("", " ", "empty"),
    ("tcp and", "d", "ends where"),
    ("tcp.porty == 80", "tcp.porty", "did you mean 'tcp.port'"),
    ("ip && tpc", "tpc", "did you mean 'tcp'"),
    ("ip.addr == 10.0.0.1 && tcp.dstprt == 80", "tcp.dstprt", "did you mean 'tcp.dstport'"),
    ("tcp.port = 80", "=", "=="),
    ("(tcp", "", "close '('"),
    ("tcp)", ")", "closes nothing"),
    ("tcp.port == 70000", "70000", "up to 65535"),
    ('tcp.port == "80"', '"80"', "no labels"),
    ("tcp.port == http", "http", "cannot be compared"),
    ("ip.src == 300.1.1.1", "300.1.1.1", "no IPv4 address"),
    ("ip.src == 10.0.0.1/33", "10.0.0.1/33", "at most 32 bits"),
    ('ip.src == "10.0.0.1"', '"10.0.0.1"', "without quotes"),
    ("eth.src == 01:02", "01:02", "6 bytes"),
    ("ip.src == tcp.srcport", "tcp.srcport", "cannot be compared"),
    ("tcp.srcport[0] == 1", "tcp.srcport", "no slices"),
    ('ip.src matches "1"', "ip.src", "string(…)"),
    ('tcp matches "(?=a)b"', '"(?=a)b"', "look-around"),
    ('tcp matches "("', '"("', "unclosed group"),
    ("tcp matches abc", "abc", "double quotes"),
    ("frame[0:0]", "0:0", "1 or more"),
    ("frame[5--1]", "5--1", "before the first"),
    ("frame[", "[", "not closed"),
    ('frame contains "abc', '"abc', "no closing quote"),
    ("tcp.port in 80", "80", "in braces"),
    ("tcp.port in {80 443}", "443", "close '{'"),
    ("sum(tcp.port) == 1", "sum", "no function"),
    ("len(ip.ttl) == 1", "ip.ttl", "texts and bytes"),
    ("frame.len == 70-4", "70-4", "no labels"),
    ("frame.len-4 == 60", "frame.len-4", "space"),
    ('frame.time > "yesterday"', '"yesterday"', "no time"),
    ("1 == 1", "1", "a field is needed"),
    ("ip.proto == tcp", "tcp", "cannot be compared"),
    ("tcp == 80 443", "443", "not expected"),
    ("@ip.src == 1", "@", "selected"),
    ("not " * 41 + "(" * 41 + "ip" + ")" * 41, "", "levels"),
]


@pytest.mark.parametrize(("expression", "part", "words"), WRONG, ids=[row[0][:30] or "empty" for row in WRONG])
def test_an_error_points_at_its_place(expression: str, part: str, words: str) -> None:
    with pytest.raises(unwire.FilterError, match=re.escape(words)) as caught:
        unwire.compile(expression)
    start, end = caught.value.at
    assert 0 <= start < max(end, start + 1) <= len(expression) + 1
    if part.strip():
        assert expression[start:end] == part
    assert "^" in str(caught.value)


def test_what_tshark_refuses_and_is_clear_is_understood() -> None:
    frames = pcap(bytes(60), bytes(66))
    for expression in ("66 == frame.len", "60 < frame.len", "-1 < frame.len and 64 <= frame.len"):
        assert [row["frame.number"] for row in unwire.open(frames).packets("frame.number", where=expression)] == [2]


def test_a_filter_goes_wherever_packets_are_read(office: Path) -> None:
    trace, expression = unwire.open(office), "udp.port == 53"
    numbers = [row["frame.number"] for row in trace.packets("frame.number", where=expression)]
    assert numbers
    assert [frame.number for frame in trace.filter(expression)] == numbers
    assert [record.number for record in trace.filter(expression).records()] == numbers
    quick = unwire.compile(expression)
    assert [frame.number for frame in trace if quick.matches(frame)] == numbers
    assert [record.number for record in trace.records() if quick.matches(record)] == numbers
    for workers in (1, 2, 3):
        assert [row["frame.number"] for row in trace.packets("frame.number", "udp.srcport", where=quick, workers=workers)] == numbers
    assert [frame.number for frame in trace.filter("udp").filter(expression)] == numbers


def test_an_object_that_begins_a_frame_is_asked() -> None:
    from unwire import dpkt

    packet = dpkt.ethernet.Ethernet(data=dpkt.ip.IP(p=6, data=dpkt.tcp.TCP(dport=443)))
    assert unwire.compile("tcp.dstport == 443").matches(packet)
    assert not unwire.compile("tcp.dstport == 80").matches(packet)
    assert unwire.compile("tcp").matches(packet.data)
    with pytest.raises(TypeError, match="does not begin a frame"):
        unwire.compile("tcp").matches(packet.data.data)


def test_a_slice_of_a_table_is_its_packets_as_they_stand(captures: Path, tmp_path: Path) -> None:
    trace = unwire.open(captures / "blocks.pcapng")
    chosen = trace.packets("frame.number", where="frame.number in {2..4}")
    assert chosen.slice(tmp_path / "cut.pcapng") == 3
    before = [record for record in trace.records() if 2 <= record.number <= 4]
    after = list(unwire.open(tmp_path / "cut.pcapng").records())
    assert [(r.data, r.time_ns, r.len, r.options) for r in after] == [(r.data, r.time_ns, r.len, r.options) for r in before]
    kept = [[block[3] for block in one.info()[0].blocks()] for one in (trace, unwire.open(tmp_path / "cut.pcapng"))]
    assert set(kept[0]) <= set(kept[1]), "names and secrets go along"
    assert trace.between(frames="1,3").packets("frame.number").head() == [{"frame.number": 1}, {"frame.number": 3}]


def test_any_dialect_can_take_one_value_of_several() -> None:
    """What the tree can and display filters do not say."""
    office = unwire.open(ROOT / "examples" / "office.pcapng")
    first = tree.Compare("eq", tree.Field("tcp.port", nth=0), tree.Field("tcp.srcport"))
    last = tree.Compare("eq", tree.Field("tcp.port", nth=-1), tree.Field("tcp.dstport"))
    both = Filter("first and last", tree.And([first, last]), current())
    count = sum(1 for _ in office.packets("frame.number", where="tcp && !icmp"))
    assert count
    assert sum(1 for _ in office.filter(both).packets("frame.number", where="!icmp")) == count


NAMES = [
    "ip.src",
    "tcp.port",
    "eth.addr",
    "frame.len",
    "tcp.flags.syn",
    "tcp.options",
    "frame.time",
    "ipv6.dst",
    "frame.protocols",
    "ip",
    "frame",
    "nope.x",
]
VALUES = [
    "80",
    "0x1f",
    "10.0.0.0/8",
    "fe80::/10",
    "ff:00",
    '"GET"',
    r'r"\d+"',
    "True",
    "'a'",
    "1.5",
    '"2024-01-01"',
    "-1",
    "{80, 1..9}",
    "999999999999",
]
OPERATORS = ["==", "!=", ">", "<=", "===", "!==", "contains", "matches", "in", "&", "+", "-", "*", "/", "%", "not in", "~"]
WORDS = [
    *NAMES,
    *VALUES,
    *OPERATORS,
    "and",
    "or",
    "not",
    "!",
    "(",
    ")",
    "{",
    "}",
    "[0:2]",
    "[-1]",
    "#2",
    "len(",
    "max(",
    ",",
    "any",
    "all",
    "..",
    '"',
    "\\",
    "=",
    "é",
]

operand = st.recursive(
    st.sampled_from(NAMES + VALUES),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["len", "count", "upper", "string", "max", "abs"]), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(inner, st.sampled_from(["[0:2]", "[-1]", "[2-3]", "[1:]", "#1", "#[1-2]"])).map("".join),
        st.tuples(inner, st.sampled_from(["&", "+", "-", "*", "/", "%"]), inner).map(" ".join),
    ),
    max_leaves=4,
)
relation = st.one_of(operand, st.tuples(operand, st.sampled_from(OPERATORS), operand).map(" ".join))
expression = st.recursive(
    relation,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "||"]), inner).map(" ".join),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
)
FRAMES = unwire.open(ROOT / "examples" / "office.pcapng")
SOME = [bytes(frame) for _, frame in zip(range(12), FRAMES, strict=False)]


def _never_falls_over(text: str, data: bytes) -> None:
    try:
        found = unwire.compile(text)
    except unwire.FilterError as error:
        start, end = error.at
        assert 0 <= start <= end <= max(1, len(text))
        assert str(error)
        return
    for frame in (*SOME, data):
        if found.is_told:  # it asks for what only the packets before can tell
            with pytest.raises(unwire.FilterError, match="needs the packets before"):
                found.matches(frame)
        else:
            assert found.matches(frame) in (True, False)
    json.loads(found.tree.json())


@settings(max_examples=400, deadline=None)
@given(expression, st.binary(max_size=80))
def test_no_expression_of_the_grammar_falls_over(text: str, data: bytes) -> None:
    _never_falls_over(text, data)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.binary(max_size=80))
def test_no_row_of_words_falls_over(text: str, data: bytes) -> None:
    _never_falls_over(text, data)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_no_text_falls_over(text: str) -> None:
    _never_falls_over(text, b"")


@pytest.mark.parametrize("deep", ["ip.ttl == 1" + " + 1" * 800, "ip" + "[0:]" * 800 + ' contains "a"', "(" * 200 + "ip" + ")" * 200])
def test_what_is_nested_too_deeply_is_said_to_be(deep: str) -> None:
    with pytest.raises(unwire.FilterError, match=r"nested too deeply|levels of parentheses|operators in a row"):
        unwire.compile(deep)


@pytest.mark.parametrize(("long", "short"), [("!" * 800 + "ip", "ip"), (" || ".join(["ip.ttl == 64"] * 3000), "ip.ttl == 64")])
def test_what_is_only_long_means_the_same(long: str, short: str) -> None:
    trace = unwire.open(ROOT / "tests" / "captures" / "tiny.pcap")
    assert len(trace.filter(long)) == len(trace.filter(short)) > 0


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        ("(" * 10**6, "levels of parentheses"),
        ("{" * 10**6, "levels of parentheses"),
        ("- " * 10**5, "levels of parentheses"),
        ("!" * 10**6, "nots in a row"),
        ("ip.ttl == " + "1+" * 10**5 + "1", "operators in a row"),
        ("eth.src" + "[0:1]" * 10**5, "operators in a row"),
        ("<".join(["ip.ttl"] * 100_000), "tests"),
        ("a" * 2**20, "unknown protocol"),
        ("tcp." + "a" * (2**20 - 4), "unknown field"),
    ],
)
def test_what_is_senseless_is_refused_before_it_is_read(attack: str, says: str) -> None:
    with pytest.raises(unwire.FilterError, match=says) as caught:
        unwire.compile(attack)
    start, end = caught.value.at
    assert 0 <= start < end <= len(attack)
    assert len(str(caught.value)) < 1000


def test_thousands_of_filters_upon_each_other_are_one() -> None:
    trace = unwire.open(ROOT / "tests" / "captures" / "tiny.pcap")
    chosen = trace.filter("frame.number < 5 || frame.number > 100")
    for number in range(2000):
        chosen = chosen.filter(f"frame.number != {number % 3}")
    assert [packet.number for packet in chosen] == [3, 4]


def test_old_names_of_tls_are_understood() -> None:
    trace = unwire.open(ROOT / "examples" / "office.pcapng")
    for old, new in (("ssl", "tls"), ("ssl.handshake.type == 1", "tls.handshake.type == 1"), ("!ssl && arp", "!tls && arp")):
        assert len(trace.filter(old)) == len(trace.filter(new)) > 0
    with pytest.raises(unwire.FilterError, match=r"unknown field 'ssl\.nothing'"):
        unwire.compile("ssl.nothing")


def test_what_streams_say_is_found_among_the_protocols() -> None:
    trace = unwire.open(ROOT / "examples" / "office.pcapng")
    for named, asked in (
        ('frame.protocols contains "http"', "http"),
        ('frame.protocols matches "HTTP"', "http"),
        ('frame.protocols contains "tls" || arp', "tls || arp"),
        ('!(frame.protocols contains "http")', "!http"),
        ('frame.protocols contains "tcp:dns"', "tcp && dns"),
    ):
        assert len(trace.filter(named)) == len(trace.filter(asked)) > 0, named
    assert not unwire.compile('frame.protocols contains "arp"').is_told


def test_the_size_of_an_address() -> None:
    trace = unwire.open(ROOT / "examples" / "office.pcapng")
    assert len(trace.filter("len(ip.src) == 4")) == len(trace.filter("ip"))
    assert len(trace.filter("len(ipv6.dst) > 4 && len(eth.src) == 6")) == len(trace.filter("ipv6"))


def test_labels_of_applications() -> None:
    trace = unwire.open(ROOT / "examples" / "office.pcapng")
    for label, number in (
        ('dns.flags.rcode == "No such name"', "dns.flags.rcode == 3"),
        ('dns.flags.opcode == "Standard query"', "dns.flags.opcode == 0"),
        ('tls.handshake.type == "Client Hello"', "tls.handshake.type == 1"),
        ('tls.record.content_type == "Application Data"', "tls.record.content_type == 23"),
    ):
        assert len(trace.filter(label)) == len(trace.filter(number)) > 0, label


@pytest.mark.parametrize("told", ["http || tls", "tcp.stream == 3", "frame.time_delta > 0.01", "tcp.analysis.flags || tcp.len > 1000"])
def test_packets_that_need_those_before_are_found_in_one_pass(told: str) -> None:
    """One by one they are those of the table; of several captures each is asked with its own packets before."""
    office, loopback = ROOT / "examples" / "office.pcapng", ROOT / "tests" / "captures" / "loopback.pcap"
    numbers = [row["frame.number"] for row in unwire.open(office).packets("frame.number", where=told)]
    assert [packet.number for packet in unwire.open(office).filter(told)] == numbers
    found = [bytes(packet) for packet in unwire.open([office, loopback]).filter(told)]
    apart = [bytes(packet) for one in (office, loopback) for packet in unwire.open(one).filter(told)]
    assert sorted(found) == sorted(apart)
    assert found
    # Pktt's language, too.
    if told.startswith("tcp.stream"):
        trace = unwire.open([loopback, office])
        assert trace.match("TCP.stream == 3")
        assert bytes(trace.pkt) in found
