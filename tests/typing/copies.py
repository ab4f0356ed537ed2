"""Captures in and out, in unwire's shape and in dpkt's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import unwire
from unwire import dpkt
from unwire.dpkt.ethernet import Ethernet


def records(path: str) -> Iterator[tuple[int, Ethernet]]:
    """Yield decoded packets with their time."""
    for record in unwire.open(path).records():
        assert_type(record.data, bytes)
        assert_type(record.time_ns, int | None)
        if record.time_ns is not None:
            yield record.time_ns, Ethernet(record.data)


def copy(source: str, target: str) -> dict[str, int]:
    """Write the short ones, with all that belongs to them."""
    with unwire.Writer(target, format="pcapng", force=True) as out:
        wire = out.add_interface(1, name="wire")
        for record in unwire.open(source).records():
            if record.len < 100:
                out.write(record, comment="short")
        out.write(Ethernet(), time=1.5, interface=wire)
    return out.lost


def old(source: str, target: str) -> int:
    """Copy as programs for dpkt do."""
    with Path(source).open("rb") as file, Path(target).open("wb") as out:
        reader = dpkt.pcap.UniversalReader(file)
        writer = dpkt.pcap.Writer(out, linktype=reader.datalink())
        for ts, buf in dpkt.pcapng.Reader(file):
            writer.writepkt(buf, ts)
            writer.writepkt(Ethernet(buf), ts=ts)
    return len(list(unwire.open(source).packets("ip.src", "tcp.dstport")))
