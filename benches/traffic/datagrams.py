"""Everything that is not TCP: DNS, voice, NTP, syslog, large fragmented datagrams, ICMP, ARP, ND.

Each function is a generator of (gap in µs, frame), as a conversation of `tcp` is. Addresses, tags and
tunnels are the path's business.
"""

import struct

from .wire import ICMP, ICMP6, UDP, checksum, udp


def dns(path, rng, content, port):
    """A query and its answer; one query in fifty is asked twice."""
    query, answer = content.dns_pair()
    yield 0, path.frame(0, UDP, udp(path, 0, port, 53, query))
    if rng.random() < 0.02:
        yield 1_000_000, path.frame(0, UDP, udp(path, 0, port, 53, query))
    yield 300 + int(rng.random() * 30_000), path.frame(1, UDP, udp(path, 1, 53, port, answer))


def voice(path, rng, content, port, count):
    """RTP in both directions, a packet every 20 ms from each side."""
    sources = (rng.getrandbits(32), rng.getrandbits(32))
    for number in range(count):
        for way in (0, 1):
            ports = (port, 16384) if way == 0 else (16384, port)
            body = content.rtp(number, sources[way])
            yield 8_000 + int(rng.random() * 4_000), path.frame(way, UDP, udp(path, way, *ports, body))


def marked(number, noise):
    """A body with a fixed beginning, which no dissector's guess mistakes for a protocol of its own."""
    return struct.pack(">II", 0x62656E63, number) + noise


def stream(path, rng, content, port, count):
    """Datagrams to a private port, mostly large, one way, with small answers."""
    pace = 50 + int(rng.random() * 2_000)
    for number in range(count):
        gap = int(rng.random() * 2 * pace)
        if number % 8 == 7:
            yield gap, path.frame(1, UDP, udp(path, 1, 57_005, port, marked(number, content.noise(27))))
        else:
            size = path.room - 16 if rng.random() < 0.7 else 60 + int(rng.random() * 900)
            yield gap, path.frame(0, UDP, udp(path, 0, port, 57_005, marked(number, content.noise(size))))


def ntp(path, rng, content):
    for way in (0, 1):
        yield 20_000 * way, path.frame(way, UDP, udp(path, way, 123, 123, content.ntp(way == 1)))


def syslog(path, rng, content, port, count):
    for _ in range(count):
        filled = path.version == 6 or rng.random() < 0.5
        body = content.syslog()
        yield int(rng.random() * 900_000), path.frame(0, UDP, udp(path, 0, port, 514, body, filled))


def large(path, rng, content, port):
    """One datagram of several fragments; now and then the last fragment comes first."""
    body = marked(0, content.noise(2_000 + int(rng.random() * 6_000)))
    frames = list(path.fragments(0, UDP, udp(path, 0, port, 57_005, body), rng.getrandbits(32)))
    if rng.random() < 0.2:
        frames.reverse()
    for frame in frames:
        yield int(rng.random() * 40), frame


def ping(path, rng, content, count):
    """Echo requests and replies; the last may stay unanswered."""
    number, body = rng.getrandbits(16), content.noise(56)
    for sequence in range(1, count + 1):
        for way in (0, 1):
            if path.version == 4:
                plain = struct.pack(">BBHHH", 0 if way else 8, 0, 0, number, sequence) + body
                kind, extra = ICMP, 0
            else:
                plain = struct.pack(">BBHHH", 129 if way else 128, 0, 0, number, sequence) + body
                kind, extra = ICMP6, path.pseudo[way] + ICMP6 + len(plain)
            total = checksum(plain, extra)
            frame = path.frame(way, kind, plain[:2] + total.to_bytes(2, "big") + plain[4:])
            yield (20_000 if way else 980_000 if sequence > 1 else 0), frame


def unreachable(path, rng, content, port):
    """A datagram to a closed port and the ICMP error that quotes it (RFC 792, RFC 4443)."""
    query = udp(path, 0, port, 57_006, marked(0, content.noise(32)))
    yield 0, path.frame(0, UDP, query)
    quoted = path.packet(0, UDP, query, **({"ident": path.ident[0]} if path.version == 4 else {}))
    if path.version == 4:
        plain, kind, extra = struct.pack(">BBHI", 3, 3, 0, 0) + quoted, ICMP, 0
    else:
        plain, kind = struct.pack(">BBHI", 1, 4, 0, 0) + quoted, ICMP6
        extra = path.pseudo[1] + ICMP6 + len(plain)
    total = checksum(plain, extra)
    yield 700, path.frame(1, kind, plain[:2] + total.to_bytes(2, "big") + plain[4:])


def arp(path, rng):
    """Who has this address, and the answer (RFC 826)."""
    a, b = path.hosts
    for way, (me, you) in enumerate(((a, b), (b, a))):
        target = you.mac if way else bytes(6)
        body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, way + 1) + me.mac + me.ip4 + target + you.ip4
        link = (you.mac if way else b"\xff" * 6) + me.mac + b"\x08\x06"
        yield 400 * way, (link + body).ljust(60, b"\0")


def neighbour(path, rng):
    """Neighbour solicitation and advertisement, both unicast (RFC 4861)."""
    a, b = path.hosts
    for way, (kind, flags, target, option) in enumerate(((135, 0, b, (1, a)), (136, 0x60000000, b, (2, b)))):
        plain = struct.pack(">BBHI", kind, 0, 0, flags) + target.ip6 + bytes([option[0], 1]) + option[1].mac
        total = checksum(plain, path.pseudo[way] + ICMP6 + len(plain))
        body = plain[:2] + total.to_bytes(2, "big") + plain[4:]
        packet = struct.pack(">IHBB", 6 << 28, len(body), ICMP6, 255) + path.pairs[way] + body
        yield 400 * way, path.link[way] + packet
