"""The table of options: one row for each, with its values and, if it is bad, the reason."""

from __future__ import annotations

import pytest

import unwire
from conftest import pcap
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.ip import IP
from unwire.dpkt.tcp import TCP
from unwire.protocols.ip_options import IPOptionRouterAlert
from unwire.protocols.tcp_options import MaximumSegmentSize


def test_a_row_for_each_option() -> None:
    first = IP(src=bytes(4), dst=bytes(4), p=6, options=[IPOptionRouterAlert(alert=1)], data=TCP(options=[MaximumSegmentSize(mss=5), b"\3\4\0\0"]))
    second = IP(src=bytes(4), dst=bytes(4), p=6, data=TCP(options=[(8, {"tsval": 1, "tsecr": 2}), b"\1\1"]))
    trace = unwire.open(pcap(*(bytes(Ethernet(type=0x800, data=ip)) for ip in (first, second))))
    rows = [(row.frame, row.layer, row.index, row.number, row.name, row.length, row.values) for row in trace.options()]
    assert rows == [
        (1, "ip", 0, 148, "IPOptionRouterAlert", 4, {"alert": 1}),
        (1, "tcp", 0, 2, "MaximumSegmentSize", 4, {"mss": 5}),
        (1, "tcp", 1, 3, "BadOption", 4, {"data": "0000"}),
        (2, "tcp", 0, 8, "Timestamps", 10, {"timestamp": 1, "echo": 2}),
        (2, "tcp", 1, 1, "NoOperation", 1, {}),
        (2, "tcp", 2, 1, "NoOperation", 1, {}),
    ]
    assert [row.reason for row in trace.options("tcp")][:2] == [None, "its size is 4, and WindowScale has size == 3"]
    assert [row.number for row in trace.options("ip")] == [148]
    pyarrow = pytest.importorskip("pyarrow")
    assert trace.options("tcp").to_arrow().column("values").to_pylist()[0] == '{"mss": 5}'
    # Batches are made as they are asked for.
    assert pyarrow.RecordBatchReader.from_stream(trace.options("tcp")).read_next_batch().num_rows == 5
    assert trace.options("tcp").stream().schema.names == list(trace.options().to_dicts()[0])


def test_what_a_row_holds_is_what_the_option_shows() -> None:
    known = {"skey": 5, "version": 1, "flags": [False, False, True], "req": False, "ext": False, "alone": False, "hsa": True, "subtype": 0}
    made = [(30, {"subtype": 0, "version": 1, "flag_hsa": True, "skey": 5, "rkey": None}), (28, {"timeout": 60}), (5, {"sack": [(1, 2)]})]
    data = bytes(Ethernet(type=0x800, data=IP(src=bytes(4), dst=bytes(4), p=6, data=TCP(options=made))))
    rows = unwire.open(pcap(data)).options().to_dicts()
    assert rows[0]["values"] == known
    assert rows[1]["values"] == {"granularity": False, "timeout": "0:01:00"}
    assert [block["left"] for block in rows[2]["values"]["sack"]] == [1]
