"""Counting: equal to plain Python over the columns, bounded, and the same for any number of workers."""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import unwire
from conftest import ROOT
from unwire.tables import flows, tally
from unwire.tables.checksums import checksum_columns, checksum_protocols, checksums
from unwire.tables.summary import rate, summary

CAPTURES = [*sorted((ROOT / "tests" / "captures").glob("*.pcap*")), ROOT / "examples" / "office.pcapng"]
ENDS = [f"{layer}.{end}" for layer in flows.NETWORKS for end in ("src", "dst")]


def rows(path: Path) -> list[dict[str, object]]:
    """Return each packet with its ends, as the columns say."""
    ports = [f"{name}.{end}" for name in flows.transports() for end in ("srcport", "dstport")]
    table = unwire.open(path).packets("frame.protocols", "frame.len", *ENDS, *ports, *checksum_columns())
    found = []
    for row in table.to_arrow().to_pylist():
        chain = (row["frame.protocols"] or "").split(":")
        network = next((name for name in chain if name in flows.NETWORKS), None)
        if network and row[f"{network}.src"] and row[f"{network}.dst"]:
            above = [n for n in chain[chain.index(network) + 1 :] if not n.startswith(f"{network}.") and n != "ah"] or [network]
            row |= {"protocol": above[0], "from": row[f"{network}.src"], "to": row[f"{network}.dst"]}
            row |= {"from port": row.get(f"{above[0]}.srcport"), "to port": row.get(f"{above[0]}.dstport")}
            found.append(row)
    return found


def talked(path: Path, **options: object) -> flows.Talks:
    talks = flows.Talks(checks=checksum_columns())
    tally.count(unwire.open(path), [], flows=talks.engine, **options)
    return talks


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_flows_are_what_the_columns_say(path):
    packets, talks = rows(path), talked(path)
    talkers: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    directions: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    ports: Counter[tuple[object, object]] = Counter()
    for row in packets:
        for end, at in (("from", 0), ("to", 2)):
            talkers[row[end]][at] += 1
            talkers[row[end]][at + 1] += row["frame.len"]
        direction = directions[row["protocol"], row["from"], row["from port"], row["to"], row["to port"]]
        direction[0] += 1
        direction[1] += row["frame.len"]
        ports.update({(row["protocol"], row[end]) for end in ("from port", "to port") if row[end] is not None})
    assert {t.address: [t.packets_sent, t.bytes_sent, t.packets_received, t.bytes_received] for t in talks.talkers()} == talkers
    assert {(p.protocol, p.port): p.packets for p in talks.ports()} == ports
    told = {}
    for c in talks.conversations():
        told[c.protocol, c.a, c.a_port, c.b, c.b_port] = [c.packets_a_to_b, c.bytes_a_to_b]
        if c.packets_b_to_a:
            told[c.protocol, c.b, c.b_port, c.a, c.a_port] = [c.packets_b_to_a, c.bytes_b_to_a]
    assert told == directions
    assert sum(e.packets_sent for e in talks.endpoints()) == sum(e.packets_received for e in talks.endpoints()) == len(packets)
    assert talks.lost == (flows.Others(0, 0, 0), flows.Others(0, 0, 0))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_checksums_are_what_the_columns_say(path):
    table = unwire.open(path).packets(*checksum_columns()).to_arrow()
    told = {found.protocol: (found.bad, found.good, found.unchecked) for found in checksums(talked(path))}
    for name, column in zip(checksum_protocols(), table.columns, strict=True):
        values = Counter(value for value in column.to_pylist() if value is not None)
        unchecked = sum(count for value, count in values.items() if value > 1)
        assert told.get(name, (0, 0, 0)) == (values[0], values[1], unchecked)


def test_top_is_the_beginning_of_the_whole():
    talks = talked(ROOT / "examples" / "office.pcapng")
    for ranked in (talks.talkers, talks.endpoints, talks.conversations, talks.ports):
        whole, some = ranked(), ranked(5)
        assert list(some) == list(whole)[:5]
        assert (len(some), some.count, len(whole)) == (5, whole.count, whole.count)
    assert talks.services(2)[0] == talks.services()[0][:2]


def flood(path: Path, count: int) -> Path:
    """Write a capture in which everybody sends one packet to one target, and two talk all the time."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    packets = []
    for number in range(count):
        ends = (0x0A000001, 0x0A000002) if number % 10 == 0 else (0x14000000 + number, 0x0A000001)
        packet = struct.pack(">BBHHHBBHII", 0x45, 0, 28, 0, 0, 64, 17, 0, *ends)
        packet += struct.pack(">HHHH", 1024 + number % 10 * (number % 6000), 53, 8, 0)
        packets.append(struct.pack("<IIII", number // 10, 0, 28, 28) + packet)
    path.write_bytes(head + b"".join(packets))
    return path


@pytest.mark.parametrize("workers", [1, 3])
def test_memory_is_bounded_and_totals_are_kept(tmp_path, workers):
    path = flood(tmp_path / "flood.pcap", 150_000)
    talks = flows.Talks(most=1000)
    tally.count(unwire.open(path), [], flows=talks.engine, workers=workers)
    told, (lost, forgotten) = list(talks.conversations(by="address")), talks.lost
    assert len(told) < 1000
    assert sum(c.packets for c in told) + lost.packets == 150_000
    assert sum(c.bytes for c in told) + lost.bytes == 150_000 * 28
    # Who sends one packet is given up; nobody who is missing had more, and no more is missing in who is there.
    (first, *_), (pair, *_) = talks.talkers(1), talks.conversations(1, by="address")
    assert first.address == "10.0.0.1" and first.packets == 150_000
    assert (pair.a, pair.b) == ("10.0.0.1", "10.0.0.2") and 15_000 - lost.each // 28 <= pair.packets <= 15_000
    assert forgotten.each < 1000 < forgotten.packets
    # Ports are never given up.
    assert next(iter(talks.ports(1))).packets == 150_000


def test_workers_do_not_show_in_what_is_left_out(tmp_path):
    path = flood(tmp_path / "flood.pcap", 150_000)
    one, three = (summary(unwire.open(path), workers=workers, most=500) for workers in (1, 3))
    assert one == three
    assert one.uncounted > 100_000


def test_keys_beyond_the_cap_are_counted_together(tmp_path):
    trace = unwire.open(flood(tmp_path / "flood.pcap", 1000))
    counted = tally.count(trace, [("ip.src",), ("ip.dst",)], most=10)
    sources, targets = counted.tallies
    assert len(sources) == 10 and sum(entry[0] for entry in sources.values()) + counted.beyond[0][0] == 1000
    assert sum(entry[0] for entry in targets.values()) == 1000 and counted.beyond[1] == (0, 0)


def test_times_are_counted_by_wider_steps_where_there_are_too_many(tmp_path):
    trace = unwire.open(flood(tmp_path / "flood.pcap", 1000))
    (one,) = tally.passes(trace, [(tally.Width("frame.time", (10**9, 10**10, 10**11)),)], most=15)
    assert one.widths == [1]
    assert {key: entry[0] for key, entry in one.tallies[0].items()} == {(step,): 100 for step in range(10)}
    assert sum(rate(one.tallies[0], 10**10).packets) == 1000


def test_bounds():
    trace = unwire.open(ROOT / "examples" / "office.pcapng")
    whole = tally.count(trace, [("frame.len",)]).tallies[0]
    bounds = (0, 80, 1000)
    found = tally.count(trace, [(tally.Bounds("frame.len", bounds),)]).tallies[0]
    for index, (low, high) in enumerate([(0, 80), (80, 1000), (1000, 1 << 32)]):
        assert found[(index,)][0] == sum(entry[0] for (size,), entry in whole.items() if low <= size < high)


def test_a_ranking_holds_for_what_was_counted():
    talks = talked(ROOT / "examples" / "office.pcapng")
    ranked = talks.talkers()
    tally.count(unwire.open(ROOT / "examples" / "office.pcapng"), [], flows=talks.engine)
    with pytest.raises(RuntimeError, match="after the ranking"):
        list(ranked)
