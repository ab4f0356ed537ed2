#!/usr/bin/env python3
"""Writes the standard bench capture: about 1 GB, 2,040,000 packets, mean 460 bytes, always the same bytes.

    python benches/generate.py [--packets N] [--out FILE] [--hash]

A pcap with microseconds over Ethernet: tens of thousands of conversations with a heavy-tailed size,
interleaved as their clocks say. Lengths and checksums are right. This file decides who talks when and
over which links; what is said is in `traffic/`. Needs only the standard library. A capture of fewer
packets is the beginning of the standard one.
"""

import argparse
import hashlib
import heapq
import pathlib
import random
import struct

from traffic import datagrams
from traffic.content import Content
from traffic.tcp import Conversation
from traffic.wire import DESTINATION, HOP_BY_HOP, Host, Path, Tunnel

PACKETS = 2_040_000
START = 1_767_225_600 * 1_000_000  # 2026-01-01 00:00 UTC, in µs
ARRIVALS = 4_200  # mean µs between the beginnings of two conversations

#: Shares of packets on each kind of link and in each IP version.
#: Conversations cut off by the capture's end weigh on "plain", so the others are given a little less than they reach.
LINKS = {"plain": 0.879, "vlan": 0.072, "qinq": 0.018, "mpls": 0.0045, "vxlan": 0.0085, "gre": 0.007, "ipip": 0.005, "gtp": 0.006}
VERSIONS = {4: 0.865, 6: 0.135}

#: How often each kind of conversation begins.
KINDS = {"tcp": 0.315, "dns": 0.50, "voice": 0.006, "stream": 0.012, "ntp": 0.04, "syslog": 0.02, "large": 0.007,
         "ping": 0.02, "unreachable": 0.02, "arp": 0.04, "neighbour": 0.02}  # fmt: skip


class Quota:
    """Chooses among kinds so that the shares of packets come out as asked.

    Small conversations are drawn by chance. A large one goes where packets are missing most, or one
    elephant would decide a share alone.
    """

    def __init__(self, shares, rng):
        self.shares, self.rng = shares, rng
        self.given = dict.fromkeys(shares, 0)
        self.total = 0

    def choose(self, size):
        self.total += size
        kind = self.behind() if size > 60 else self.drawn()
        self.given[kind] += size
        return kind

    def behind(self):
        """The kind that lacks the most packets, preferring those that lack a large part of their own."""
        return max(self.shares, key=lambda kind: self.shares[kind] * self.total - self.given[kind])

    def drawn(self):
        draw = self.rng.random()
        for kind, share in self.shares.items():
            draw -= share
            if draw < 0:
                return kind
        return next(iter(self.shares))


class Network:
    """The hosts, the links between them, and the conversations that begin one after another."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.content = Content(rng)
        self.links, self.versions = Quota(LINKS, rng), Quota(VERSIONS, rng)
        self.kinds = Quota(KINDS, rng)
        gateways = [b"\x02\x00\x5e\x00\x01" + bytes([n]) for n in range(4)]
        # Clients are private; servers lie in the benchmarking ranges of RFC 2544 and RFC 5180.
        self.clients = [
            Host(
                b"\x02" + rng.getrandbits(40).to_bytes(5, "big"),
                b"\x0a" + rng.getrandbits(24).to_bytes(3, "big"),
                b"\x20\x01\x0d\xb8\x00\x0a" + (n % 64).to_bytes(2, "big") + rng.getrandbits(64).to_bytes(8, "big"),
            )
            for n in range(4000)
        ]
        self.servers = [
            Host(
                gateways[n % 4],
                b"\xc6" + bytes([18 + n % 2]) + rng.getrandbits(16).to_bytes(2, "big"),
                b"\x20\x01\x00\x02\x00\x00" + (n % 512).to_bytes(2, "big") + rng.getrandbits(64).to_bytes(8, "big"),
            )
            for n in range(3000)
        ]
        self.begun = 0

    def popular(self, hosts):
        """A host; the first of the list are chosen far more often."""
        draw = self.rng.random()
        return hosts[int(draw * draw * draw * len(hosts))]

    def path(self, size, tunnels=True):
        rng = self.rng
        kind, version = self.links.choose(size), self.versions.choose(size)
        ends = self.popular(self.clients), self.popular(self.servers)
        options = {"version": version, "ident": rng.getrandbits(16), "ttl": 128 if rng.random() < 0.4 else 64}
        if version == 6 and size < 200 and rng.random() < 0.05:
            options["extension"] = HOP_BY_HOP if rng.random() < 0.5 else DESTINATION
        number = 10 + int(rng.random() * 40)
        if kind == "vlan":
            options["tags"] = ((0x8100, number | int(rng.random() * 2) << 13),)
        elif kind == "qinq":
            options["tags"] = ((0x88A8, 100 + number), (0x8100, number))
        elif kind == "mpls":
            options["labels"] = (16000 + number, 24000 + number)[: 1 + int(rng.random() * 2)]
        elif kind != "plain" and tunnels:
            outer = Path(self.clients[number], self.clients[100 + number], ident=rng.getrandbits(16))
            options["tunnel"] = Tunnel(kind, outer, 1000 + number, version)
        return Path(*ends, **options)

    def conversation(self):
        """The next conversation to begin."""
        rng, content = self.rng, self.content
        self.begun += 1
        kind = self.kinds.drawn()
        port = 32768 + int(rng.random() * 28_000)
        if kind == "tcp":
            draw = rng.random()
            # A bounded Pareto law with exponent 1, by one division: 9 to 60,000 packets.
            planned = int(9 / (1 - draw * (1 - 9 / 60_000)))
            talk = "http" if rng.random() < 0.25 else "tls"
            server = 80 if talk == "http" else 443 if rng.random() < 0.9 else 993
            return Conversation(self.path(planned), rng, content, (port, server), planned, talk).play()
        if kind == "voice":
            count = 20 + int(rng.random() * 300)
            return datagrams.voice(self.path(2 * count), rng, content, port & ~1, count)
        if kind == "stream":
            count = int(10 / (rng.random() + 0.002))
            return datagrams.stream(self.path(count), rng, content, port, count)
        if kind == "syslog":
            count = 1 + int(rng.random() * 20)
            return datagrams.syslog(self.path(count), rng, content, port, count)
        if kind == "ping":
            return datagrams.ping(self.path(8), rng, content, 1 + int(rng.random() * 6))
        if kind == "dns":
            return datagrams.dns(self.path(2), rng, content, port)
        if kind == "ntp":
            return datagrams.ntp(self.path(2), rng, content)
        ends = self.popular(self.clients), self.popular(self.servers)
        plain = Path(*ends, version=self.versions.choose(2), ident=rng.getrandbits(16))
        if kind == "large":
            return datagrams.large(plain, rng, content, port)
        if kind == "unreachable":
            return datagrams.unreachable(plain, rng, content, port)
        if kind == "arp":
            return datagrams.arp(plain, rng)
        return datagrams.neighbour(Path(*ends, version=6), rng)


def packets(network, count):
    """Yields (µs, frame) in the order of time, count of them."""
    rng, queue, order = network.rng, [], 0
    now = arrival = 0
    for _ in range(count):
        while not queue or queue[0][0] >= arrival:
            order += 1
            talk = network.conversation()
            gap, frame = next(talk)
            heapq.heappush(queue, (arrival + gap, order, frame, talk))
            arrival += 1 + int(rng.random() * 2 * ARRIVALS)
        now, number, frame, talk = queue[0]
        yield START + now, frame
        following = next(talk, None)
        if following is None:
            heapq.heappop(queue)
        else:
            heapq.heapreplace(queue, (now + following[0], number, following[1], talk))


def write(path, count, hashed=False):
    """Writes the capture beside its name and renames it; returns (bytes, conversations, SHA-256 or None)."""
    network, digest = Network(2026), hashlib.sha256() if hashed else None
    record = struct.Struct("<IIII").pack
    beside = path.with_name(path.name + ".part")
    with open(beside, "wb") as file:
        chunk = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)]
        written = waiting = 0
        for time, frame in packets(network, count):
            size = len(frame)
            chunk += (record(time // 1_000_000, time % 1_000_000, size, size), frame)
            waiting += size
            if waiting > 1 << 22:
                written += flush(file, chunk, digest)
                waiting = 0
        written += flush(file, chunk, digest)
    beside.rename(path)
    return written, network.begun, digest and digest.hexdigest()


def flush(file, chunk, digest):
    data = b"".join(chunk)
    chunk.clear()
    if digest:
        digest.update(data)
    return file.write(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packets", type=int, default=PACKETS, metavar="N", help=f"how many (default {PACKETS:,})")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "data" / "big.pcap", metavar="FILE")
    parser.add_argument("--hash", action="store_true", help="print the capture's SHA-256")
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    written, begun, digest = write(given.out, given.packets, given.hash)
    mean = (written - 24) / given.packets - 16
    print(f"{given.out}: {given.packets:,} packets, {written:,} bytes, mean {mean:.1f}, {begun:,} conversations")
    if digest:
        print(f"sha256 {digest}")


if __name__ == "__main__":
    main()
