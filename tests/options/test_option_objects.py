"""TCP options as objects: every row of the reference reads, builds and reads again; what is wrong is a value with its reason."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from option_vectors import BAD, GOOD

from unwire.declare import Options
from unwire.dpkt import PackError, UnpackError
from unwire.dpkt.tcp import TCP, parse_opts
from unwire.protocols.numbers.tcp import MPTCPOption, Option
from unwire.protocols.tcp_options import (
    BadOption,
    EndOfOptionList,
    MaximumSegmentSize,
    NoOperation,
    SACKPermitted,
    TCPOption,
    Timestamps,
    WindowScale,
)


def read(area: bytes) -> Options:
    """The options of a segment that has just this area."""
    area += bytes(-len(area) % 4)
    segment = bytes(TCP(sport=1, opts=area, off=5 + len(area) // 4, data=b"payload"))
    return TCP(segment).options


@pytest.mark.parametrize(("cls", "wire", "fields"), GOOD, ids=[f"{cls.__name__}-{wire[:8]}" for cls, wire, _ in GOOD])
def test_every_option_reads_builds_and_reads_again(cls: type, wire: str, fields: dict[str, object]) -> None:
    data = bytes.fromhex(wire)
    option = read(data).all[0]
    assert type(option) is cls
    assert option.reason is None
    assert {name: getattr(option, name) for name in fields} == fields
    assert option.kind == data[0] and isinstance(option.kind, Option)
    if data[0] > 1:
        assert option.length == len(data)
    if data[0] == 30:
        assert isinstance(option.subtype, MPTCPOption) and option.subtype == data[2] >> 4
    assert bytes(option) == data
    # What is shown is enough to make it again.
    assert bytes(cls(**dict(option._said()))) == data
    assert bytes(TCP(bytes(TCP(options=[cls(**dict(option._said()))]))).options.all[0]) == data


@pytest.mark.parametrize("wire", BAD)
def test_a_bad_option_is_a_value_and_costs_no_other(wire: str) -> None:
    data = bytes.fromhex(wire)
    options = read(b"\2\4\5\xb4" + data + b"\3\3\7")
    first, bad, last = options.all[:3]
    assert (first.mss, last.shift) == (1460, 7)
    assert bytes(bad) == data and options.bad == [bad]
    assert bad.kind == data[0] and f"size is {len(data)}" in bad.reason
    with pytest.raises(PackError, match=rf"TCP: \[OptNo {data[0]}\] invalid format: its size is {len(data)}"):
        TCP.make(options=[data], strict=True)
    assert bytes(TCP.make(options=[data]).options.all[0]) == data


@pytest.mark.parametrize(("wire", "reason"), [("08", "behind its number"), ("08ff0000", "255, where 4"), ("0800", "0, where"), ("0801", "1, where")])
def test_what_claims_more_than_there_is_is_the_last(wire: str, reason: str) -> None:
    data = bytes.fromhex(wire)
    before = b"\2\4\5\xb4" + b"\1" * (-len(data) % 4)
    options = read(before + data)
    assert options[2].mss == 1460
    assert type(options.all[-1]) is BadOption and reason in options.all[-1].reason and bytes(options.all[-1]) == data
    segment = bytes(TCP(sport=1, opts=before + data, off=5 + (len(before) + len(data)) // 4))
    assert TCP(segment).options.packed == before + data
    with pytest.raises(UnpackError, match=r"TCP: \[OptNo 8\] invalid format"):
        TCP(segment, strict=True)
    assert TCP(segment, strict=False).sport == 1


def test_the_mapping_keeps_order_and_repeats() -> None:
    options = read(bytes.fromhex("01 020405b4 01 020405dc 080a0000000100000002"))
    assert list(options) == [1, 2, 8] and len(options) == 3
    assert options[2].mss == 1460 and [one.mss for one in options.getlist(Option.Maximum_Segment_Size)] == [1460, 1500]
    assert [kind for kind, _ in options.items(multi=True)] == [1, 2, 1, 2, 8]
    assert [kind for kind, _ in options.items()] == [1, 2, 8] and len(options.values(multi=True)) == 5
    assert options.lists()[0][0] == 1 and len(options.lists()[0][1]) == 2
    assert 8 in options and 3 not in options and options.get(3) is None
    with pytest.raises(KeyError):
        options[3]


def test_changes_are_in_the_bytes() -> None:
    tcp = TCP(bytes(TCP(options=[MaximumSegmentSize(mss=1460), NoOperation(), (3, {"shift": 7})])))
    tcp.options[2].mss = 1400
    assert tcp.opts.hex() == "0204057801030307" and bytes(tcp)[20:] == tcp.opts
    tcp.options.add(SACKPermitted())
    assert tcp.opts.hex() == "020405780103030704020000"
    assert TCP(bytes(tcp.recompute())).options == [
        MaximumSegmentSize(mss=1400),
        NoOperation(),
        WindowScale(shift=7),
        SACKPermitted(),
        *[EndOfOptionList()] * 2,
    ]
    # What is added stands before the padding, which ends the list.
    tcp = TCP(bytes(tcp))
    tcp.options.add(8, {"tsval": 1, "tsecr": 2})
    assert tcp.opts.hex() == "0204057801030307" + "0402" + "080a0000000100000002"
    del tcp.options[8]
    tcp.options[2] = {"mss": 9000}
    assert tcp.options[2].mss == 9000 and 8 not in tcp.options
    tcp.opts = b"\1\1\1\1"
    assert tcp.options == [NoOperation()] * 4
    tcp.options = []
    assert tcp.opts == b""


def test_building_takes_objects_keywords_and_bytes() -> None:
    tcp = TCP(options=[MaximumSegmentSize(mss=1460), (Option.Window_Scale, {"shift": 7}), b"\x01"])
    assert tcp.opts.hex() == "020405b403030701" and tcp.off == 7
    assert TCP(options=[(8, {"tsval": 1, "tsecr": 2})]).opts.hex() == "080a00000001000000020000"
    assert TCP(options=read(tcp.opts)).opts == tcp.opts
    assert TCP(options=tcp.opts).opts == tcp.opts
    with pytest.raises(TypeError, match=r"WindowScale has no 'shfit'; it takes kind, shift"):
        TCP(options=[(3, {"shfit": 7})])
    with pytest.raises(PackError, match=r"TCP.options: option 3 of 4 \(Timestamps, 10 bytes\) does not fit: 36 of 40 are taken"):
        TCP(options=[(19, {}), (19, {}), Timestamps(), b"\1"])


MAKE = [
    ((14, {"algorithm": 2}), "0e0302"),
    ((11, {"count": 5}), "0b0600000005"),
    ((27, {"rate": 1280, "diff": 3, "nonce": 2}), "1b08050300000008"),
    ((28, {"timeout": 300}), "1c04012c"),
    ((5, {"sack": [(1, 2)]}), "050a0000000100000002"),
    ((30, {"subtype": 0, "flag_req": True, "flag_hsa": True, "skey": 1, "rkey": 2}), "1e1400810000000000000001" + "0000000000000002"),
    ((30, {"subtype": MPTCPOption.MP_JOIN, "token": 1, "nonce": 2}), "1e0c10000000000100000002"),
    ((30, {"subtype": 1, "hmac": b"a" * 20}), "1e181000" + "61" * 20),
    ((30, {"subtype": 1, "hmac": b"a" * 8, "nonce": 1}), "1e101000" + "61" * 8 + "00000001"),
    ((30, {"subtype": 2, "ack": 7}), "1e08200100000007"),
    ((30, {"subtype": 3, "addr": "::1"}), "1e143600" + "00" * 15 + "01"),
    ((30, {"subtype": 4, "addr_id": [1, 2]}), "1e05400102"),
    ((30, {"subtype": 7, "key": 9}), "1e0c7000" + "0000000000000009"),
    ((30, {"subtype": 12, "data": b"x"}), "1e04c078"),
    ((34, {"cookie": b"12345678"}), "220a3132333435363738"),
    ((200, {"data": b"x"}), "c80378"),
    ((7, {}), "070600000000"),
    ((254, {"exid": 0xF989, "cookie": b"1234"}), "fe08f98931323334"),
]


@pytest.mark.parametrize(("given_", "wire"), MAKE, ids=[wire[:12] for _, wire in MAKE])
def test_the_seeds_keywords_make_options(given_: tuple[int, dict[str, object]], wire: str) -> None:
    assert bytes(TCP(options=[given_]).options.all[0]).hex() == wire


def test_make_takes_the_seeds_keywords() -> None:
    tcp = TCP.make(
        srcport=1, dstport=80, seq_no=2, ack_no=3, window=4, urgent=5, syn=True, ack=True, ns=True, options=[(2, {"mss": 5})], payload=b"x"
    )
    assert (tcp.sport, tcp.dport, tcp.seq, tcp.ack, tcp.win, tcp.urp, tcp.flags, tcp.data) == (1, 80, 2, 3, 4, 5, 0x112, b"x")
    info = tcp.info
    assert (info.srcport, info.dst.name, info.hdr_len, info.window_size, info.checksum, info.urgent_pointer) == (1, "http", 24, 4, b"\0\0", 5)
    assert info.flags.syn and info.flags.ns and not info.flags.fin and info.connection == 0x112 and info.__index__() == 6
    assert info.options[2].mss == 5 and (info.name, info.length) == ("Transmission Control Protocol", 24)
    # Which join it is, the segment's flags say.
    joins = [TCP.make(options=[(30, {"subtype": 1})], **flags).options.all[0] for flags in ({"syn": True}, {"syn": True, "ack": True}, {"ack": True})]
    assert [type(join).__name__ for join in joins] == ["MPTCPJoinSYN", "MPTCPJoinSYNACK", "MPTCPJoinACK"]
    with pytest.raises(TypeError, match="no 'sny'"):
        TCP.make(sny=True)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(GOOD), max_size=6))
def test_random_lists_build_and_read_back(rows: list[tuple[type, str, dict[str, object]]]) -> None:
    data = [bytes.fromhex(wire) for _, wire, _ in rows if wire != "00"]
    while sum(map(len, data)) > 40:
        data.pop()
    options = [read(one).all[0] for one in data]
    again = TCP(bytes(TCP(options=options)))
    assert again.options.all[: len(options)] == options
    assert all(type(one) is EndOfOptionList for one in again.options.all[len(options) :])
    assert again.off * 4 == 20 + len(again.opts) and bytes(TCP(options=again.options)) == bytes(again)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=40))
def test_random_bytes_never_raise_and_keep_their_bytes(area: bytes) -> None:
    area += bytes(-len(area) % 4)
    segment = bytes(TCP(sport=1, opts=area, off=5 + len(area) // 4))
    tcp = TCP(segment)
    for option in tcp.options.all:
        assert isinstance(option, TCPOption) and isinstance(repr(option), str)
        assert option.reason is None or isinstance(option.reason, str)
    assert area.startswith(b"".join(map(bytes, tcp.options.all)))
    assert tcp.opts == area and bytes(tcp) == segment
    if not tcp.options.bad:
        assert parse_opts(area) is not None


def test_copies_have_changes_of_their_own() -> None:
    tcp = TCP(bytes(TCP(options=[MaximumSegmentSize(mss=1460), NoOperation()])))
    tcp.options[2].mss = 9
    for other in (pickle.loads(pickle.dumps(tcp)), copy.copy(tcp), copy.deepcopy(tcp)):
        assert other.options == tcp.options
        other.options[2].mss = 7
        assert (other.opts[:4].hex(), tcp.opts[:4].hex()) == ("02040007", "02040009")
