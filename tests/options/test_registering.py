"""Options that users declare: read, built, columns; pairs of functions, which make objects alone; IPv4's and IPv6's options by the same mechanism."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import unwire
from conftest import pcap
from unwire.declare import RegistryWarning, field, raw, registered, u16, u32
from unwire.declare.registry import registry
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.ip import IP
from unwire.dpkt.ip6 import IP6, IP6HopOptsHeader
from unwire.dpkt.tcp import TCP
from unwire.protocols.ip6_options import IP6OptionBad, IP6PadN, IP6RouterAlert, IP6TunnelLimit
from unwire.protocols.ip_options import IPOptionBad, IPOptionRouterAlert, IPOptionUnknown
from unwire.protocols.mptcp import MPTCP
from unwire.protocols.tcp_options import MaximumSegmentSize, TCPOption, UnassignedOption


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test declares is gone when it was run."""
    known, numbers = set(registry.layers), dict(registry.numbers)
    yield
    for id in set(registry.layers) - known:
        if ".test_" in id:
            registry.remove(id)
    registry.numbers.clear()
    registry.numbers.update(numbers)
    registered._PAIRS.clear()
    registry.generation += 1
    registered.touch()


def frame(options: list[Any]) -> bytes:
    return bytes(Ethernet(type=0x800, data=IP(src=bytes(4), dst=bytes(4), p=6, data=TCP(sport=1, dport=2, options=options))))


def column(data: bytes, *names: str) -> list[Any]:
    (row,) = unwire.open(pcap(data)).packets(*names).to_arrow().to_pylist()
    return [row[name] for name in names]


def test_a_class_reads_builds_and_has_columns() -> None:
    class Loss(TCPOption, when="size == 8"):
        """Segments lost"""

        lost: u32 = field(0, "tcp.options.loss.lost")
        since: u16 = field(0, "tcp.options.loss.since")

    TCP.register_option(200, Loss)
    data = frame([(200, {"lost": 7, "since": 3}), MaximumSegmentSize(mss=5)])
    option = Ethernet(data).ip.tcp.options[200]
    assert type(option) is Loss and (option.lost, option.since, option.length) == (7, 3, 8)
    assert Loss(lost=7, since=3) == option and TCP.__option__[200] is Loss
    pytest.importorskip("pyarrow")
    assert column(data, "tcp.options.loss.lost", "tcp.options.mss_val") == [7, 5]
    bad = TCP(bytes(TCP(options=[b"\xc8\x03\x00"]))).options[200]
    assert bad.reason == "its size is 3, and Loss has size == 8"


def test_a_class_for_a_subtype_leaves_the_others_alone() -> None:
    class Greeting(MPTCP):
        """A subtype of one's own"""

        words: bytes = raw("rest", b"", "tcp.options.mptcp.greeting")

    TCP.register_mp_option(15, Greeting)
    data = frame([(30, {"subtype": 15, "words": b"hello"}), (30, {"subtype": 7, "key": 1}), (30, {"subtype": 14, "data": b"x"})])
    options = Ethernet(data).ip.tcp.options.getlist(30)
    assert [type(one).__name__ for one in options] == ["Greeting", "MPTCPFastclose", "MPTCPUnknown"]
    assert options[0].words == b"hello" and options[0].subtype == 15 and TCP.__mp_option__[15] is Greeting
    pytest.importorskip("pyarrow")
    assert column(data, "tcp.options.mptcp.greeting") == [b"hello"]


def test_filters_and_columns_know_what_was_registered_before_they_were_made() -> None:
    class Mine(TCPOption, when="size == 6"):
        """One's own"""

        value: u16 = field(0, "tcp.options.mine.value")
        more: u16 = field(0, "tcp.options.mine.more")

    class Greeting(MPTCP):
        """A subtype of one's own"""

        words: bytes = raw("rest", b"", "tcp.options.mptcp.words")

    before = unwire.open(pcap(frame([(203, {"data": b"1234"})])))
    assert [type(one.ip.tcp.options[203]).__name__ for one in before] == ["UnassignedOption"]
    TCP.register_option(203, Mine)
    TCP.register_mp_option(14, Greeting)
    made: list[list[Any]] = [[(203, {"value": value, "more": 9 - value})] for value in range(5)]
    made += [[(203, {"value": 3}), (203, {"value": 4})], [b"\xcb\3\0"], [], [(30, {"subtype": 14, "words": b"hi"})]]
    capture = pcap(*map(frame, made))

    def numbers(text: str) -> list[int]:
        return [one.number - 1 for one in unwire.open(capture).filter(text)]

    assert numbers("tcp.options.mine.value == 3") == [3, 5]
    assert numbers("tcp.options.mine.value > 2 and not tcp.options.mine.more == 0") == [3, 4]
    assert numbers("tcp.options.mine.value") == [0, 1, 2, 3, 4, 5]
    assert numbers("any tcp.options.mine.value == 4") == [4, 5]
    assert numbers('tcp.options.mptcp.words == "hi"') == [8] and numbers("tcp.options.mptcp.subtype == 14") == [8]
    pytest.importorskip("pyarrow")
    rows = unwire.open(capture).packets("tcp.options.mine.value", occurrence="all").to_arrow()["tcp.options.mine.value"].to_pylist()
    assert [row or [] for row in rows] == [[0], [1], [2], [3], [4], [3, 4], [], [], []]
    rows = [row.values for row in unwire.open(capture).options("tcp") if row.name == "Mine"]
    assert rows[4] == {"value": 4, "more": 5} and len(rows) == 7


def test_registering_again_warns_and_holds() -> None:
    class Size(TCPOption):
        """Another reading of the segment size"""

        mss: u16 = field(0, "tcp.options.own_mss")

    with pytest.warns(RegistryWarning, match="option 2 was MaximumSegmentSize's and is registered again"):
        TCP.register_option(2, Size)
    assert type(TCP(bytes(TCP(options=[b"\2\4\0\5"]))).options[2]) is Size
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TCP.register_option(201, Size)


def test_a_pair_makes_objects_alone() -> None:
    def parser(option: Any, *, options: Any) -> tuple[str, int]:
        return "parsed", len(options) + option.data[0]

    def constructor(code: int, opt: Any = None, *, value: int = 0, **_: Any) -> UnassignedOption:
        return UnassignedOption(kind=code, data=bytes([value]))

    TCP.register_option(202, (parser, constructor))
    tcp = TCP(bytes(TCP(options=[(202, {"value": 9})])))
    assert tcp.opts.hex() == "ca030900" and tcp.options[202] == ("parsed", 11)
    assert bytes(tcp)[20:] == tcp.opts
    with pytest.warns(RegistryWarning):
        TCP.register_option(202, (parser, constructor))
    TCP.register_mp_option(13, (parser, constructor))
    assert [type(one).__name__ for one in TCP(bytes(TCP(options=[b"\x1e\4\xc0x", b"\x1e\4\xd0x"]))).options.getlist(30)] == ["MPTCPUnknown", "tuple"]


def test_options_of_ipv4() -> None:
    ip = IP(bytes(IP(p=17, options=[IPOptionRouterAlert(alert=1), (1, {}), b"\xdf\x03\x07"], data=b"")))
    assert ip.opts.hex() == "94040001" + "01" + "df0307" and ip.hl == 7
    assert ip.options[148].alert == 1 and type(ip.options[0xDF]) is IPOptionUnknown and ip.options[0xDF].data == b"\7"
    ip.options[148].alert = 2
    assert ip.opts.hex() == "94040002" + "01" + "df0307"
    bad = IP(bytes(IP(options=[b"\x94\x03\x00", b"\x07\xff"])))
    assert [type(one) for one in bad.options.bad] == [IPOptionRouterAlert, IPOptionBad]
    assert "expects size == 4" in bad.options.bad[0].reason and "where 5 bytes are left" in bad.options.bad[1].reason


def test_options_of_ipv6() -> None:
    header = IP6HopOptsHeader(nxt=59, opts_typed=[IP6RouterAlert(value=0), IP6TunnelLimit(limit=4), (0x26, {"rate": 5})])
    assert bytes(header).hex() == "3b02" + "05020000" + "040104" + "2606" + "050000000000" + "0105" + "0000000000"
    ip = IP6(bytes(IP6(nxt=0, src=bytes(16), dst=bytes(16), data=bytes(header))))
    found = ip.extension_hdrs[0].opts_typed
    assert (found[5].value, found[4].limit, found[0x26].rate, type(found[1])) == (0, 4, 5, IP6PadN)
    found.add(0xC2, {"jumbo": 70000})
    assert ip.extension_hdrs[0].opts_typed[0xC2].jumbo == 70000
    cut = IP6HopOptsHeader(bytes.fromhex("3b00" + "04ff00000000")).opts_typed.all
    assert type(cut[0]) is IP6OptionBad and "255" in cut[0].reason
