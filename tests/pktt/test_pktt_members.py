"""Every method, parameter, default and member of NFStest's `packet.pktt`: kept, or dropped for a reason."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

import unwire

CAPTURES = Path(__file__).parent.parent / "captures"
FILE = str(CAPTURES / "loopback.pcap")

#: Member, its signature as Pktt documents it, and what became of its quirks.
MEMBERS = [
    ("__init__", "(tfile, live=False, state=True)", "kept: lazy open; state changes nothing, as there"),
    ("__contains__", "(expr)", "kept: `expr in x` sets x.pkt"),
    ("__getitem__", "(index)", "kept: IndexError, x.pkt; dropped: O(n), and negative indexes as errors: they count from the end"),
    ("__iter__", "()", "kept: the one active iteration of a Pktt; a Trace has as many as one likes"),
    ("clear_xid_list", "()", "kept"),
    ("close", "()", "kept; what is asked afterwards opens the file again"),
    ("get_index", "()", "kept"),
    ("match", "(expr, maxindex=None, rewind=True, reply=False)", "kept; the language's quirks are dropped, see test_pktt_language"),
    ("match_ethernet", "(uargs)", "kept"),
    ("match_ip", "(uargs)", "kept"),
    ("match_tcp", "(uargs)", "kept"),
    ("match_udp", "(uargs)", "kept"),
    ("match_rpc", "(uargs)", "waits for RPC"),
    ("match_nfs", "(uargs)", "waits for NFS"),
    ("next", "()", "kept: StopIteration"),
    ("rewind", "(index=0)", "kept: rewind(0) at the beginning is False"),
    ("seek", "(offset, whence=0, hard=False)", "changed: counts packets, not bytes, which nobody outside could know"),
    ("set_pktlist", "(pktlist=None)", "kept; dropped: the list need not be in order"),
    ("show_progress", "(done=False)", "kept"),
    ("escape", "(data)", "kept"),
    ("ip_tcp_src_expr", "(ipaddr, port)", "kept"),
    ("ip_tcp_dst_expr", "(ipaddr, port)", "kept"),
]


@pytest.mark.parametrize(("name", "signature", "fate"), MEMBERS)
def test_a_member_is_there_with_its_parameters_and_defaults(name: str, signature: str, fate: str) -> None:
    assert fate
    function = getattr(unwire.Pktt, name)
    static = isinstance(inspect.getattr_static(unwire.Pktt, name), staticmethod)
    parameters = list(inspect.signature(function).parameters.values())[0 if static else 1 :]
    shown = ", ".join(one.name if one.default is one.empty else f"{one.name}={one.default!r}" for one in parameters)
    assert f"({shown.replace('key', 'index')})" == signature


def test_attributes() -> None:
    x = unwire.Pktt(FILE)
    assert (x.pkt, x.index, x.frame, x.tfile, x.maxindex, x.showprog, x.reply_matched, x.pktlist) == (None, 0, 1, FILE, None, False, False, None)
    assert x.filesize == Path(FILE).stat().st_size
    assert not x.eof
    assert (x.header.major, x.header.minor, x.header.zone_offset, x.header.accuracy, x.header.link_type) == (2, 4, 0, 0, 1)
    assert x.header.dump_length
    x.seek(0, 2)
    assert x.eof
    x.close()


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    x = unwire.Pktt(str(tmp_path / "none.pcap"))
    with pytest.raises(FileNotFoundError):
        x.next()


def test_iterating_moves_the_one_place() -> None:
    x = unwire.Pktt(FILE)
    for packet in x:
        assert x.pkt is packet
        if packet.number == 3:
            break
    assert x.get_index() == 3
    assert x.match("record.index >= 0").number == 4
    assert next(x).number == 5


def test_match_and_where_it_leaves_the_trace() -> None:
    x = unwire.Pktt(FILE)
    assert "TCP.flags.SYN == 1 and TCP.flags.ACK == 0" in x
    first = x.pkt
    assert x.get_index() == first.number
    assert x.match("TCP.flags.SYN == 1", maxindex=first.number) is None  # exclusive, and behind it already
    assert (x.get_index(), x.pkt) == (first.number, None)
    assert x.match("IP.TTL == 256") is None
    assert x.get_index() == first.number
    assert x.match("IP.TTL == 256", rewind=False) is None
    assert x.get_index() == 26
    assert x.rewind()
    x.maxindex = 3
    assert x.match("record.index == 3") is None
    assert x.match("record.index == 3", maxindex=4).index == 3
    x.rewind()
    assert x.match("record.index == 3", maxindex=0).index == 3  # 0 is no limit
    x.maxindex = None
    assert x[7].index == 7
    assert x.match("TCP or UDP or IP or record.index >= 0").index == 8
    assert "IP.TTL == 256" not in x
    display = unwire.compile("tcp.flags.syn == 1")
    x.rewind()
    assert x.match(display).tcp.flags & 2


def test_matching_in_a_list() -> None:
    x = unwire.Pktt(FILE)
    found = []
    while x.match("TCP.flags.PSH == 1"):
        found.append(x.pkt)
    assert len(found) > 3
    x.set_pktlist(reversed(found))
    again = []
    while x.match("TCP"):
        again.append(x.pkt)
        index = x.get_index()
    assert again == found
    assert index == found[-1].number
    assert x.match("TCP") is None
    assert x.rewind(found[1].index)
    assert x.match("TCP") is found[1]
    x.rewind()
    assert x.match("TCP", maxindex=found[0].index) is None
    assert x.match("not TCP", rewind=False) is None
    assert x.match("TCP") is None
    x.set_pktlist()
    x.rewind()
    assert x.next().number == 1


def test_several_files_and_a_filter(tmp_path: Path) -> None:
    x = unwire.Pktt([FILE, str(CAPTURES / "tiny.pcap")])
    count = len(unwire.open(FILE)) + len(unwire.open(CAPTURES / "tiny.pcap"))
    found = 0
    while x.match("record.index >= 0"):
        found += 1
        assert x.pkt.number == found
    assert found == count
    some = unwire.open(FILE).filter("tcp.dstport == 80")
    numbers = [packet.number for packet in some]
    assert numbers == [packet.number for packet in unwire.open(FILE) if packet.tcp and packet.tcp.dport == 80]
    assert some.match("TCP.flags.FIN == 1").number in numbers
    assert some[0].number == numbers[0]


def test_words() -> None:
    assert unwire.Pktt.ip_tcp_dst_expr("10.0.0.1", 2049) == "IP.dst == '10.0.0.1' and TCP.dst_port == 2049"
    assert unwire.Pktt.ip_tcp_src_expr("10.0.0.1", 2049) == "IP.src == '10.0.0.1' and TCP.src_port == 2049"
    x = unwire.Pktt(FILE)
    assert x.match(x.ip_tcp_dst_expr("127.0.0.1", 80))
    data = bytes(range(256))
    assert "'" not in x.escape(data)
    assert '"' not in x.escape(data)
    from unwire.filters.pktt_words import tokens

    assert tokens(f"'{x.escape(data)}'")[0].value == data.decode("latin-1")
    x.match("TCP.data == re('GET')")
    wanted = x.escape(bytes(x.pkt.tcp.data)[:30])
    assert x.rewind()
    assert x.match(f"'{wanted}' in TCP.data")


class Rpc:
    """What an RPC layer will have."""

    def __init__(self, xid: int, type: int) -> None:
        self.xid, self.type = xid, type


class Packet:
    """A packet of such a layer."""

    def __init__(self, xid: int, type: int) -> None:
        self.rpc = Rpc(xid, type)


def test_calls_and_their_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until RPC is declared, the place of the xids is shown by what stands in for it."""
    from unwire.capture import matching

    monkeypatch.setattr(matching, "_rpc", lambda packet: packet.rpc)
    calls: Any = matching.Calls()
    calls.note(Packet(7, 0))
    calls.note(Packet(8, 1))  # a reply is no call
    assert calls.outstanding == [7]
    assert not calls.answers(Packet(9, 1))
    assert not calls.answers(Packet(7, 0))
    assert calls.answers(Packet(7, 1))
    assert not calls.answers(Packet(7, 1))
    x = unwire.Pktt(FILE)
    x._calls.outstanding.append(3)
    x.clear_xid_list()
    assert x._calls.outstanding == []


def test_levels_of_showing_a_packet() -> None:
    x = unwire.Pktt(FILE)
    packet = x.match("TCP.flags.SYN == 1")
    line = str(packet)
    assert line.startswith(f"{packet.number} 20")
    assert "127.0.0.1 -> 127.0.0.1 TCP" in line
    assert packet.show() == line
    assert packet.show(0) == repr(packet)
    assert [row.split(":")[0] for row in packet.show(2).splitlines()] == ["RECORD", "ETHERNET", "IP", "TCP"]
    assert f"src={packet.ip.src.text}, dst={packet.ip.dst.text}" in packet.show(2)
    assert "  sport " in packet.show(3)
