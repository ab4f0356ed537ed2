"""A larger program as people write them for dpkt: flows, names, requests, a copy without addresses, a report. No line has a type ignored."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import struct
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from unwire import dpkt
from unwire.dpkt.ethernet import ETH_TYPE_IP, ETH_TYPE_IP6, Ethernet, VLANtag8021Q
from unwire.dpkt.ip import IP, get_ip_proto_name
from unwire.dpkt.ip6 import IP6
from unwire.dpkt.tcp import TCP, TH_ACK, TH_FIN, TH_RST, TH_SYN, parse_opts, tcp_flags_to_str
from unwire.dpkt.udp import UDP
from unwire.dpkt.utils import inet_to_str, mac_to_str


class Key(NamedTuple):
    """What the packets of a connection have in common."""

    protocol: int
    source: bytes
    source_port: int
    target: bytes
    target_port: int

    def turned(self) -> Key:
        """The other direction."""
        return Key(self.protocol, self.target, self.target_port, self.source, self.source_port)

    def __str__(self) -> str:
        name = get_ip_proto_name(self.protocol) or str(self.protocol)
        return f"{name} {inet_to_str(self.source)}:{self.source_port} > {inet_to_str(self.target)}:{self.target_port}"


@dataclass
class Flow:
    """What is known of a connection."""

    key: Key
    first: float
    last: float = 0.0
    packets: int = 0
    payload: int = 0
    flags: int = 0
    mss: int | None = None
    stream: bytearray = field(default_factory=bytearray)

    def add(self, ts: float, segment: TCP | UDP) -> None:
        """Count a packet."""
        self.last = ts
        self.packets += 1
        data: bytes = segment.data
        self.payload += len(data)
        if isinstance(segment, TCP):
            self.flags |= segment.flags
            self.stream += data
            for option in parse_opts(segment.opts):
                if option is not None and option[0] == dpkt.tcp.TCP_OPT_MSS and len(option[1]) == 2:
                    (self.mss,) = struct.unpack(">H", option[1])

    @property
    def state(self) -> str:
        """How far a connection came."""
        if self.flags & TH_RST:
            return "reset"
        if self.flags & TH_FIN:
            return "closed"
        return "open" if self.flags & TH_ACK else "tried" if self.flags & TH_SYN else tcp_flags_to_str(self.flags)


class Heartbeat(dpkt.Packet):
    """A protocol of one's own, in dpkt's words."""

    __hdr__ = (("version", "B", 1), ("kind", "B", 0), ("size", "H", 0), ("sender", "8s", b""))
    __byte_order__ = "<"

    def unpack(self, buf: bytes) -> None:
        dpkt.Packet.unpack(self, buf)
        if self.version != 1:
            raise dpkt.UnpackError(f"version {self.version}")
        self.data = self.data[: self.size]


@dataclass
class Report:
    """What was found in a capture."""

    flows: dict[Key, Flow] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    ethertypes: Counter[int] = field(default_factory=Counter)
    vlans: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    malformed: int = 0

    def take(self, ts: float, buf: bytes) -> None:
        """Look at a packet."""
        try:
            eth = Ethernet(buf)
        except dpkt.NeedData:
            self.malformed += 1
            return
        self.ethertypes[eth.type] += 1
        tags: list[VLANtag8021Q] = getattr(eth, "vlan_tags", [])
        for tag in tags:
            self.vlans[tag.id].add(mac_to_str(eth.src))
        ip = eth.data
        if isinstance(ip, IP):
            if ip.mf or ip.offset:
                return
            self.carry(ts, ip.p, ip.src, ip.dst, ip.data)
        elif isinstance(ip, IP6):
            self.carry(ts, ip.p, ip.src, ip.dst, ip.data)

    def carry(self, ts: float, protocol: int, source: bytes, target: bytes, segment: object) -> None:
        """Look at what an IP packet carries."""
        if not isinstance(segment, (TCP, UDP)):
            return
        key = Key(protocol, source, segment.sport, target, segment.dport)
        flow = self.flows.get(key) or self.flows.setdefault(key, Flow(key, ts))
        flow.add(ts, segment)
        if isinstance(segment, UDP) and 53 in (segment.sport, segment.dport):
            self.name(segment.data)
        elif isinstance(segment, TCP) and segment.data[:4] in (b"GET ", b"POST"):
            self.request(segment.data)
        elif isinstance(segment, TCP) and segment.data[:1] == b"\x16":
            self.hello(segment.data)

    def name(self, payload: bytes) -> None:
        """Look at a message of the domain name system."""
        try:
            message = dpkt.dns.DNS(payload)
        except (dpkt.UnpackError, UnicodeDecodeError):
            self.malformed += 1
            return
        if message.qr == dpkt.dns.DNS_Q:
            for question in message.qd:
                self.names[question.name] += 1
        for record in message.an:
            if record.type == dpkt.dns.DNS_A:
                self.names[f"{record.name} {inet_to_str(record.ip)}"] += 1

    def request(self, payload: bytes) -> None:
        """Look at a request."""
        try:
            request = dpkt.http.Request(payload)
        except dpkt.UnpackError:
            return
        host = request.headers.get("host", "")
        self.hosts[f"{request.method} {host}{request.uri}"] += 1

    def hello(self, payload: bytes) -> None:
        """Look at the beginning of an encrypted connection."""
        try:
            records, _ = dpkt.ssl.tls_multi_factory(payload)
        except (dpkt.UnpackError, dpkt.ssl.SSL3Exception):
            return
        for record in records:
            if record.type == 22 and record.data[:1] == b"\x01":
                hello = dpkt.ssl.TLSHandshake(record.data).data
                if isinstance(hello, dpkt.ssl.TLSClientHello):
                    digest = hashlib.sha256(b"".join(suite.code.to_bytes(2, "big") for suite in hello.ciphersuites)).hexdigest()
                    self.hosts[f"hello {digest[:12]}"] += 1

    def lines(self) -> Iterator[str]:
        """Yield the report."""
        for flow in sorted(self.flows.values(), key=lambda flow: flow.payload, reverse=True):
            answered = self.flows.get(flow.key.turned())
            began = datetime.datetime.fromtimestamp(flow.first, datetime.UTC)
            yield f"{began:%H:%M:%S} {flow.key} {flow.packets} {flow.payload} {flow.state} {answered.payload if answered else 0} {flow.mss or ''}"
        yield from (f"{count} {name}" for name, count in (self.names + self.hosts).most_common())


def anonymised(buf: bytes, secret: bytes) -> bytes:
    """Return a frame whose addresses tell nobody anything; sums are made anew."""
    eth = Ethernet(buf)
    eth.src, eth.dst = b"\x02" + hashlib.blake2b(eth.src, key=secret, digest_size=5).digest(), b"\x02\0\0\0\0\1"
    if eth.type == ETH_TYPE_IP and isinstance(eth.data, IP):
        ip = eth.data
        ip.src = hashlib.blake2b(ip.src, key=secret, digest_size=4).digest()
        ip.dst = hashlib.blake2b(ip.dst, key=secret, digest_size=4).digest()
        ip.sum = 0
        if isinstance(ip.data, (TCP, UDP)):
            ip.data.sum = 0
    elif eth.type == ETH_TYPE_IP6 and isinstance(eth.data, IP6):
        eth.ip6.src = eth.ip6.dst = bytes(16)
    return bytes(eth)


def main(arguments: list[str]) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("capture", type=Path)
    parser.add_argument("--copy", type=Path)
    given = parser.parse_args(arguments)
    report = Report()
    with given.capture.open("rb") as file:
        reader = dpkt.pcap.UniversalReader(file)
        if reader.datalink() != dpkt.pcap.DLT_EN10MB:
            return 1
        packets = [(float(ts), buf) for ts, buf in reader]
    for ts, buf in packets:
        report.take(ts, buf)
    if given.copy is not None:
        with given.copy.open("wb") as out:
            writer = dpkt.pcap.Writer(out, nano=True)
            for ts, buf in packets:
                writer.writepkt(anonymised(buf, b"secret"), ts)
            beat = Heartbeat(kind=2, size=4, sender=b"analyses", data=b"beat")
            writer.writepkt(Ethernet(type=0x88B5, data=bytes(beat)), ts=0)
            writer.close()
    print(*report.lines(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
