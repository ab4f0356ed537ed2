"""A trace as a sequence: indexes, slices, the cursor, several iterations at once, several captures by time, layers of a packet."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from pathlib import Path

import pytest

import unwire
from conftest import pcap

CAPTURES = Path(__file__).parent / "captures"
WHOLE = ["any.pcap", "blocks.pcapng", "loopback.pcap", "nanoseconds.pcap", "sections.pcapng", "swapped.pcap", "tiny.pcap", "tiny.pcap.gz"]
WHOLE += ["tiny.pcap.zst", "tiny.pcap.lz4", "tiny.pcap.bz2", "tiny.pcap.xz", "tiny.pcapng", "tiny.snoop", "torn.pcap", "torn.pcap.gz", "torn.pcapng"]


def said(packet: unwire.Frame) -> tuple[object, ...]:
    """Return all that a packet says of itself."""
    return (packet.number, packet.time_ns, packet.len, packet.link_type, packet.interface_id, packet.comments, packet.protocols, bytes(packet))


def made(path: Path, times: list[float], *, marked: int = 0, size: int = 60) -> str:
    """Write a capture with packets at these times; their first byte is `marked`, the next two their number."""
    with unwire.Writer(path, force=True) as out:
        for number, time in enumerate(times):
            out.write(bytes([marked]) + number.to_bytes(2, "big") + bytes(size), time=time)
    return str(path)


@pytest.mark.parametrize("name", WHOLE)
def test_an_index_gives_the_packet_that_an_iteration_gives(name: str) -> None:
    trace = unwire.open(CAPTURES / name)
    packets = [said(packet) for packet in trace]
    assert packets
    assert len(trace) == len(packets)
    order = list(range(len(packets)))
    random.Random(name).shuffle(order)
    for index in order[:200]:
        assert said(trace[index]) == packets[index]
        assert trace.pkt.index == index
        assert trace.get_index() == index + 1
    fresh = unwire.open(CAPTURES / name)  # nothing is known of it yet
    assert said(fresh[len(packets) // 2]) == packets[len(packets) // 2]
    assert said(fresh[-1]) == packets[-1]
    for start in (0, 1, len(packets) // 2, len(packets) - 1):
        assert [said(packet) for packet in trace[start:]] == packets[start:]
    assert [said(packet) for packet in trace[::-3]] == packets[::-3]


def test_what_lies_outside_is_an_error_and_slices_are_sequences() -> None:
    trace = unwire.open(CAPTURES / "tiny.pcap")
    count = len(list(trace))
    for index in (count, count + 5, -count - 1):
        with pytest.raises(IndexError, match=f"the trace has {count} packets"):
            trace[index]
    with pytest.raises(IndexError, match="no capture has"):
        trace[10**30]
    with pytest.raises(IndexError, match="no capture has"):
        trace.packet(-(10**20))
    with pytest.raises(IndexError, match="no packet"):
        trace.filter("frame").packet(10**20)
    # A time is none of a packet's, and behind all of them or before; a place is the end or the beginning.
    assert trace.at(10**20) == trace.at((1 << 63) - 1) == trace.seek(10**20) == count
    assert trace.at(-(10**20)) == trace.seek(-(10**20)) == 0
    assert len(list(trace.packets("frame.number").limit(10**20))) == count
    assert unwire.open(CAPTURES / "tiny.pcap").match("record.index >= 0", maxindex=10**20) is not None
    assert list(trace.frames(10**20)) == list(trace.filter("frame").frames(10**20)) == []
    with pytest.raises(TypeError):
        trace["ip"]  # type: ignore[call-overload]
    part = trace[1:-1]
    assert len(part) == count - 2
    assert part[0].number == 2
    assert part[-1].number == count - 1
    assert [packet.number for packet in part[1:3]] == [3, 4]
    assert list(trace[5:2]) == []
    assert bool(trace)


@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "snoop"])
def test_many_packets_of_all_sizes(tmp_path: Path, suffix: str) -> None:
    """Sizes that the index cannot hold exactly among them, and interfaces that appear between packets."""
    sizes = random.Random(5)
    path = tmp_path / f"many.{suffix}"
    lengths = [sizes.choice([60, 600, 9000, 70_000, 200_000]) for _ in range(300)]
    with unwire.Writer(path) as out:
        for number, length in enumerate(lengths):
            interface = out.add_interface(1, name=f"eth{number}") if suffix == "pcapng" and number % 7 == 0 else None
            out.write(number.to_bytes(2, "big") + bytes(length), time=1000 + number, interface=interface)
    trace = unwire.open(path)
    order = list(range(300))
    sizes.shuffle(order)
    for index in order:
        assert bytes(trace[index])[:2] == index.to_bytes(2, "big")
        assert trace.pkt.len == lengths[index] + 2
        assert trace.pkt.interface_id == (index // 7 if suffix == "pcapng" and index % 7 == 0 else trace.pkt.interface_id)
    assert [packet.index for packet in trace[250:]] == list(range(250, 300))


def test_iterations_are_apart_from_each_other_and_from_the_cursor() -> None:
    trace = unwire.open(CAPTURES / "tiny.pcap")
    one, other = iter(trace), iter(trace)
    assert (next(one).number, next(one).number, next(other).number, trace.next().number) == (1, 2, 1, 1)
    assert (next(one).number, next(other).number, trace.next().number) == (3, 2, 2)
    assert trace[0].number == 1
    assert trace.next().number == 2
    assert next(one).number == 4


def test_the_cursor() -> None:
    trace = unwire.open(CAPTURES / "tiny.pcap")
    count = len(trace)
    assert (trace.get_index(), trace.pkt) == (0, None)
    assert not trace.rewind()  # there already: as Pktt says it
    assert trace.next().number == 1
    assert trace.pkt.number == 1
    assert trace.next().number == 2
    assert not trace.rewind(2)
    assert not trace.rewind(-1)
    assert trace.rewind(1)
    assert trace.pkt is None
    assert trace.next().number == 2
    assert trace.rewind()
    assert trace.seek(3) == 3
    assert trace.next().number == 4
    assert trace.seek(-2, 1) == 2
    assert trace.seek(-1, 2) == count - 1
    assert trace.next().number == count
    with pytest.raises(StopIteration):
        trace.next()
    assert trace.pkt is None
    assert trace.seek(10**9) == count
    with pytest.raises(ValueError, match="whence is 0, 1 or 2"):
        trace.seek(0, 3)


def test_several_captures_are_one_by_time(tmp_path: Path) -> None:
    one = made(tmp_path / "one.pcap", [10, 12, 14, 30, 31], marked=1)
    two = made(tmp_path / "two.pcapng", [11, 12, 13, 32], marked=2)
    late = made(tmp_path / "late.pcap", [40, 41], marked=3)
    trace = unwire.open([late, two, one])
    expected = [(1, 0), (2, 0), (2, 1), (1, 1), (2, 2), (1, 2), (1, 3), (1, 4), (2, 3), (3, 0), (3, 1)]
    got = [(bytes(packet)[0], bytes(packet)[2]) for packet in trace]
    assert got == expected
    assert [packet.number for packet in trace] == list(range(1, 12))
    assert len(trace) == 11
    for index in (7, 0, 10, 3, 3, 5):
        assert (bytes(trace[index])[0], bytes(trace.pkt)[2]) == expected[index]
    for start in range(12):
        assert [(bytes(packet)[0], bytes(packet)[2]) for packet in trace[start:]] == expected[start:]
    assert trace[3].record.rsecs == 2.0


def test_very_many_captures_are_not_open_at_once(tmp_path: Path) -> None:
    names = [made(tmp_path / f"{number:03}.pcap", [number * 10 + step for step in range(5)]) for number in range(80)]
    shuffled = names[:]
    random.Random(1).shuffle(shuffled)
    trace = unwire.open(shuffled)
    times = [packet.time_ns for packet in trace]
    assert times == sorted(number * 10**10 + step * 10**9 for number in range(80) for step in range(5))
    assert trace[333].time_ns == times[333]
    assert [packet.time_ns for packet in trace[333:340]] == times[333:340]


def test_times_find_packets(tmp_path: Path) -> None:
    trace = unwire.open(made(tmp_path / "one.pcap", [number / 2 for number in range(5000)]))
    for wanted, index in [(0, 0), (1, 1), (500_000_000, 1), (500_000_001, 2), (2_499_500_000_000, 4999), (2_499_500_000_001, 5000)]:
        assert trace.at(wanted) == index


def test_sources_that_are_no_files() -> None:
    content = (CAPTURES / "tiny.pcap").read_bytes()
    expected = [said(packet) for packet in unwire.open(CAPTURES / "tiny.pcap")]
    trace = unwire.open(content)
    assert said(trace[3]) == expected[3]
    with (CAPTURES / "tiny.pcap.gz").open("rb") as file:
        trace = unwire.open(file)
        assert said(trace[3]) == expected[3]
        assert len(trace) == len(expected)
        assert [said(packet) for packet in trace] == expected
    both = unwire.open([content, CAPTURES / "tiny.pcap"])
    assert len(both) == 2 * len(expected)


def test_a_pipe_can_be_iterated_and_has_no_length() -> None:
    program = """
import sys, unwire
trace = unwire.open("-")
print(trace.next().number, trace.next().number)
try: len(trace)
except TypeError as error: print(error)
try: trace[0]
except unwire.OneWayError as error: print(error)
"""
    with (CAPTURES / "tiny.pcap").open("rb") as file, subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as pipe:
        done = subprocess.run([sys.executable, "-c", program], stdin=pipe.stdout, capture_output=True, text=True, timeout=60, check=True)
    first, length, index = done.stdout.splitlines()
    assert first == "1 2"
    assert "only once" in length
    assert "only once" in index


def test_layers_are_attributes() -> None:
    trace = unwire.open(CAPTURES / "loopback.pcap")
    packet = next(packet for packet in trace if packet.tcp)
    assert type(packet.tcp).__name__ == "TCP"
    assert packet.tcp is packet.tcp
    assert packet.tcp.sport == packet.values("tcp.srcport")[0]
    assert packet.udp is None
    assert packet.objects()[-1] is packet.tcp
    eth = packet.eth
    if eth is not None:
        assert eth is packet.ethernet
        assert eth.data is (packet.ip or packet.ipv6)
    with pytest.raises(AttributeError, match="did you mean 'tcp'"):
        packet.tpc  # noqa: B018
    assert not hasattr(packet, "__array__")
    record = packet.record
    assert (record.frame, record.index, record.length_inc, record.length_orig) == (packet.number, packet.index, packet.cap_len, packet.len)
    assert record.seconds * 1_000_000 + record.usecs == packet.time_ns // 1000
    assert record.rsecs == (packet.time_ns - next(iter(trace)).time_ns) / 1e9
    assert str(record).startswith(f"frame {packet.number} @ ")


def test_layers_behind_port_links_and_inside_tags_are_attributes(tmp_path: Path) -> None:
    arp = bytes.fromhex("0001080006040001 010101010101 0a000001 020202020202 0a000002")
    vxlan = bytes.fromhex("0800000000002a00 020202020202 010101010101 0806") + arp
    udp = (4000).to_bytes(2, "big") + (4789).to_bytes(2, "big") + (8 + len(vxlan)).to_bytes(2, "big") + b"\0\0" + vxlan
    ip = bytes([0x45, 0]) + (20 + len(udp)).to_bytes(2, "big") + bytes.fromhex("0001000040110000 0a000001 0a000002") + udp
    frame = bytes.fromhex("020202020202 010101010101 8100 002a 0800") + ip
    with unwire.Writer(tmp_path / "tag.pcap") as out:
        out.write(frame, time=1)
    (packet,) = unwire.open(tmp_path / "tag.pcap")
    assert packet.vlan is packet.eth.vlan_tags[0]
    assert packet.vlan.id == 42
    assert packet.ip is packet.eth.data
    assert isinstance(packet.udp.data, bytes)
    assert packet.vxlan.vni == 42
    assert packet.arp.op == 1
    assert [type(one).__name__ for one in packet.objects()][:4] == ["Ethernet", type(packet.vlan).__name__, "IP", "UDP"]


def test_a_capture_that_changes_under_a_trace_is_an_error_or_another_packet(tmp_path: Path) -> None:
    path = Path(made(tmp_path / "one.pcap", list(range(100))))
    trace = unwire.open(path)
    assert len(trace) == 100
    with path.open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(OSError, match="changed since"):
        trace[99]
    assert trace[0].number == 1


def test_threads_may_share_a_trace(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    trace = unwire.open(made(tmp_path / "one.pcap", list(range(2000))))

    def look(seed: int) -> bool:
        numbers = random.Random(seed).sample(range(2000), 300)
        return all(int.from_bytes(bytes(trace.packet(number))[1:3], "big") == number for number in numbers)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(16)))
    assert sum(1 for _ in itertools.islice(trace, 10)) == 10


def test_no_more_is_read_than_a_filter_of_numbers_can_match(tmp_path: Path) -> None:
    path = tmp_path / "torn.pcap"
    # Behind the hundredth packet is what no reader takes for one.
    path.write_bytes(pcap(*[bytes(60)] * 200)[: 24 + 150 * 76 + 9])
    for trace in (unwire.open(path).between(frames="1-9,20"), unwire.open(path).filter("frame.number <= 20 && frame.len == 60")):
        table = trace.packets("frame.number")
        assert len(list(table)) in (10, 20)
        assert not table.loss[0]["reasons"]
        assert table.loss[0]["records"] == 20
        assert len(list(trace)) == len(list(table))
    cut = unwire.open(path).between(frames="3-4").packets().slice(tmp_path / "cut.pcap")
    assert cut == 2
    table = unwire.open(path).packets("frame.number", where="frame.number != 3")
    assert len(list(table)) == 149
    assert table.loss[0]["reasons"]


def test_a_trace_is_cut_as_a_table_is(tmp_path: Path, office: Path) -> None:
    trace = unwire.open(office)
    cut = tmp_path / "cut.pcapng"
    assert trace.filter("dns").slice(cut) == len(trace.filter("dns")) == len(unwire.open(cut))
    first = cut.read_bytes()
    with pytest.raises(FileExistsError):
        trace.filter("dns").slice(cut)
    trace.packets(where="dns").slice(cut, force=True)
    assert cut.read_bytes() == first
    row = next(iter(trace.conn()))
    assert trace.connection(uid=row["uid"]).slice(cut, force=True) == len(trace.connection(uid=row["uid"]))
    assert trace.slice(tmp_path / "all.pcapng.gz") == len(trace)
