"""`unwire summary`: what the page says, and that its numbers add up."""

import struct
from collections import Counter

import pytest
from commands import CAPTURES, OFFICE, run

import unwire
from test_conn import ACK, HANDSHAKE, PSH, c, pcap, s
from unwire.tables import tally
from unwire.tables.flows import Talks
from unwire.tables.summary import intervals, rate, summary, tree

EVERY = [*sorted(str(p) for p in CAPTURES.glob("*.pcap*")), str(CAPTURES / "tiny.snoop"), OFFICE]


def test_a_file_alone_is_its_summary():
    assert run(OFFICE).out == run("summary", OFFICE).out


def test_the_page():
    page = run(OFFICE)
    assert page.code == 0
    assert page.err == ""
    for line in (
        "  format      pcapng 1.0, little-endian",
        "  interfaces  lan0 483 packets, wan0 90 packets",
        "  first       2026-11-21T06:01:15.678362041Z",
        "  duration    11.384 s",
        "  packets     573, 50.3 per second",
        "  loss        none",
        # The same numbers as `tshark -z endpoints,ip`.
        "  192.0.2.1           274   67.5 kB   129   39.7 kB       145   27.8 kB",
        # Six connections from six ports to one service, in one row.
        "  192.0.2.10      192.0.2.1       tcp/80 http           41  9.2 kB         29   4.7 kB            6",
        # As `tshark -z plen,tree`.
        "  80-159           238  41.5%  ████████",
    ):
        assert line in page.lines
    assert "\x1b" not in page.out


@pytest.mark.parametrize("path", EVERY)
def test_every_packet_is_in_every_count(path):
    found = summary(unwire.open(path), top=0)
    assert found.packets == sum(size.packets for size in found.sizes) == sum(stop.packets for stop in found.stops) == sum(found.rate.packets)
    assert found.packets == sum(node.packets for node in found.protocols if node.depth == 0)
    assert sum(t.packets_sent for t in found.talkers) == sum(c.packets for c in found.conversations)
    assert sum(t.bytes_sent for t in found.talkers) == sum(t.bytes_received for t in found.talkers)


def test_connections_are_those_of_the_logs():
    for top in (0, 3):
        found = summary(unwire.open(OFFICE), top=top).connections
        assert found is not None
        rows = list(unwire.open(OFFICE).conn(tcp=True))
        streams = [row for row in rows if row["proto"] == "tcp"]
        assert (found.tcp, found.udp, found.icmp) == tuple(sum(row["proto"] == name for row in rows) for name in ("tcp", "udp", "icmp"))
        assert dict(found.states) == Counter(row["conn_state"] for row in streams)
        assert found.segments == sum(row["orig_pkts"] + row["resp_pkts"] for row in streams)
        assert found.handshakes == sum(row["handshake"] is not None for row in streams)
        for names, log, column in (
            (found.dns_names, "dns", "query"),
            (found.http_hosts, "http", "host"),
            (found.tls_server_names, "ssl", "server_name"),
        ):
            known = Counter(row[column] for row in getattr(unwire.open(OFFICE), log)() if row[column] is not None)
            ranked = sorted(known.items(), key=lambda one: (-one[1], one[0]))
            assert [(one.name, one.rows) for one in names.top] == (ranked[:top] if top else ranked)
            assert (names.count, names.uncounted) == (len(known), 0)


def test_what_was_lost_is_told(tmp_path):
    path = tmp_path / "lost.pcap"
    frames = [*HANDSHAKE, *[c(ACK | PSH, 1, 1, b"x" * 100)] * 3, c(ACK | PSH, 201, 1, b"y" * 10), s(ACK, 1, 211)]
    path.write_bytes(pcap([(0.1 * at, frame) for at, frame in enumerate(frames)]))
    found = summary(unwire.open(path)).connections
    assert found is not None
    assert (found.tcp, found.segments, found.retransmitted, found.lost_bytes, found.troubled) == (1, 8, 2, 100, 1)
    lines = run("summary", path).lines
    assert "  segments     8, 2 sent again (25.00%)" in lines
    assert "  trouble      100 bytes that were acknowledged are not in the capture, 1 connection with any" in lines


def test_connections_can_be_left_out():
    assert run("summary", "--json", "--no-connections", OFFICE).json["connections"] is None
    assert "Connections" not in run("summary", "--no-connections", OFFICE).out


def test_workers_do_not_show():
    assert run(OFFICE, "--json", "-j", 1).json == run(OFFICE, "--json", "-j", 3).json


def test_json_has_stable_keys():
    found = run("summary", "--json", OFFICE).json
    assert list(found) == [
        "files", "first", "last", "duration", "packets", "bytes", "captured", "truncated", "packets_per_second", "bytes_per_second",
        "mean_size", "rate", "protocols", "talkers", "talker_count", "conversations", "conversation_count", "services", "service_count",
        "sizes", "checksums", "stops", "uncounted", "connections",
    ]  # fmt: skip
    assert found["protocols"][0] == {"path": "eth", "name": "eth", "depth": 0, "packets": 573, "bytes": 214621}


def test_several_files_are_added_up():
    one, two = run("--json", CAPTURES / "tiny.pcap").json, run("--json", CAPTURES / "tiny.pcap", CAPTURES / "tiny.pcap.zst").json
    assert two["packets"] == 2 * one["packets"]
    assert [file["compression"] for file in two["files"]] == ["none", "zstd"]
    assert two["talkers"][0]["packets"] == 2 * one["talkers"][0]["packets"]


def test_offload_is_not_called_damage():
    page = run(CAPTURES / "loopback.pcap")
    assert "  tcp: all that is sent by 127.0.0.1 (12), ::1 (12) is wrong: checksum offload, not damage" in page.lines


def test_damage_is_not_called_offload(tmp_path):
    broken = bytearray((CAPTURES / "nanoseconds.pcap").read_bytes())
    broken[24 + 16 + 14 + 10] ^= 0xFF  # the header checksum of the first IPv4 packet
    (tmp_path / "broken.pcap").write_bytes(broken)
    page = run(tmp_path / "broken.pcap")
    assert any(line.startswith("  ip: 1 wrong, sent by ") for line in page.lines)


def test_truncation_names_the_snap_length():
    assert "  cut short  28 packets, snap length 64; 15% of the bytes are there" in run(CAPTURES / "snaplen64.pcap").lines


def test_top_cuts_the_lists():
    assert len(run("--top", 2, "--json", OFFICE).json["talkers"]) == 2
    assert len(run("--top", 0, "--json", OFFICE).json["talkers"]) == 30


@pytest.mark.parametrize(
    ("chain", "network", "protocol"),
    [
        ("eth:ethertype:ip:tcp", "ip", "tcp"),
        ("eth:ethertype:ip:icmp:ip:tcp", "ip", "icmp"),  # what an error quotes is no talk
        ("eth:ethertype:ipv6:ipv6.hopopts:icmpv6", "ipv6", "icmpv6"),
        ("eth:ethertype:ip:ipv6:udp", "ip", "ipv6"),  # the outer of two, whatever their order in the columns
        ("eth:ethertype:ipv6:ip:udp", "ipv6", "ip"),
        ("eth:ethertype:ip:gre:ip:tcp", "ip", "gre"),
        ("eth:ethertype:ip", "ip", "ip"),
        ("eth:ethertype:ip:ah:tcp", "ip", "tcp"),
        ("eth:ethertype:arp", None, None),
    ],
)
def test_the_outermost_network_counts(chain, network, protocol):
    assert (Talks().engine.outermost(chain) or (None, None)) == (network, protocol)


def test_what_an_error_quotes_is_not_in_the_tree():
    nodes = tree({("eth:ethertype:ip:icmp:ip:tcp", "short", "tcp"): (1, 70, 0, 0), ("eth:ethertype:ip:tcp", "end", None): (2, 140, 0, 1)})
    found = {node.path: node.packets for node in nodes if node.name != "icmp"}
    assert found == {"eth": 3, "eth:ip": 3, "eth:ip:tcp": 2}


def test_a_wrong_clock_costs_no_memory():
    century = {(0,): (1, 60, 0, 0), (3_155_760_000,): (1, 60, 0, 0)}
    assert len(rate(century, 10**9).packets) <= 61
    assert len(intervals(century, 10**9)[0]) == 2


def test_equal_ports_are_one_talk(tmp_path):
    path = tmp_path / "ntp.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for number, ends in enumerate([(1, 2), (2, 1)]):
        packet = struct.pack(">BBHHHBBHII", 0x45, 0, 28, 0, 0, 64, 17, 0, *(0x0A000000 + end for end in ends))
        with path.open("ab") as file:
            file.write(struct.pack("<IIII", number, 0, 28, 28) + packet + struct.pack(">HHHH", 123, 123, 8, 0))
    talks = Talks()
    tally.count(unwire.open(path), [], flows=talks.engine)
    (one,) = talks.conversations(by="service")
    assert (one.a, one.packets_a_to_b, one.packets_b_to_a, one.connections, one.service) == ("10.0.0.1", 1, 1, 1, "ntp")
    (ntp,), _ = talks.services()
    assert (ntp.port, ntp.packets, ntp.connections, ntp.servers, ntp.clients) == (123, 2, 1, 1, 1)


def test_python_can_do_the_same():
    found = summary(unwire.open(OFFICE), top=1)
    assert found.talkers[0].address == "2001:db8:1::10"
