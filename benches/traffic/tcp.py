"""TCP conversations: handshake, requests and answers, acknowledgements, loss, the end.

`Conversation.play` is a generator of (gap in µs since its last packet, frame). It keeps sequence
numbers, windows and timestamps as two real stacks would, including duplicate acknowledgements with
SACK edges around a lost segment. What is said comes from `content`, the way it travels from `wire`.
"""

import struct

from .wire import TCP, checksum

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

HEAD = struct.Struct(">HHIIBBHHH")
STAMPS = struct.Struct(">BBBBII")
SACK = struct.Struct(">BBBBII")


class Conversation:
    """One connection between path's hosts, of about `planned` packets."""

    def __init__(self, path, rng, content, ports, planned, talk):
        self.path, self.rng, self.content = path, rng, content
        self.ports, self.planned, self.talk = ports, planned, talk
        self.seq = [rng.getrandbits(32), rng.getrandbits(32)]
        self.sent, self.elapsed = 0, 0
        self.stamps = rng.random() < 0.85
        self.epoch = (rng.getrandbits(31), rng.getrandbits(31))
        self.echo = [0, 0]
        self.mss = path.room - 20 - (12 if self.stamps else 0)
        self.pace = 20 + int(rng.random() * 800)
        self.trip = 500 + int(rng.random() * 60_000)
        self.loss = 0.02 if rng.random() < 0.2 else 0.0
        self.window = (501 + int(rng.random() * 1000), 501 + int(rng.random() * 2000))
        self.host = content.name()

    def send(self, way, flags, payload=b"", *, gap=None, options=b"", seq=None, ack=None):
        """One segment as (gap, frame); seq and ack are the stack's own unless told."""
        if gap is None:
            gap = 1 + int(self.rng.random() * 2 * self.pace)
        self.elapsed += gap
        self.sent += 1
        if self.stamps and not flags & RST:
            now = (self.epoch[way] + self.elapsed // 1000) & 0xFFFFFFFF
            stamps = STAMPS.pack(1, 1, 8, 10, now, self.echo[way])
            self.echo[1 - way] = now
            # Linux orders a SYN's options so: MSS, SACK permitted, timestamps, window scale.
            options = options[:4] + b"\x04\x02" + stamps[2:] + options[4:] if flags & SYN else stamps + options
        elif flags & SYN:
            options = options[:4] + b"\x01\x01\x04\x02" + options[4:]
        if seq is None:
            seq = self.seq[way]
            self.seq[way] = (seq + len(payload) + (flags & (SYN | FIN) != 0)) & 0xFFFFFFFF
        if ack is None:
            ack = self.seq[1 - way] if flags & ACK else 0
        window = 64240 if flags & SYN else 0 if flags & RST else self.window[way]
        size = 20 + len(options)
        sport, dport = self.ports if way == 0 else self.ports[::-1]
        head = HEAD.pack(sport, dport, seq, ack, size << 2, flags, window, 0, 0) + options
        total = checksum(head + payload, self.path.pseudo[way] + TCP + size + len(payload))
        return gap, self.path.frame(way, TCP, head[:16] + total.to_bytes(2, "big") + head[18:] + payload)

    def play(self):
        """The whole conversation."""
        rng, draw = self.rng, self.rng.random()
        if draw < 0.05:  # nobody answers, or the port is closed
            yield from self.refused(answered=draw < 0.03)
            return
        options = struct.pack(">BBH", 2, 4, min(1460, self.path.room - 20)) + b"\x01\x03\x03\x07"
        yield self.send(0, SYN, options=options, gap=0)
        yield self.send(1, SYN | ACK, options=options, gap=self.trip)
        yield self.send(0, ACK, gap=self.trip // 20)
        if self.talk == "tls":
            yield from self.say(0, self.content.tls_hello(self.host))
            yield from self.say(1, self.content.tls_server_flight())
            yield from self.say(0, self.content.tls_client_finished())
        upload = self.talk == "tls" and rng.random() < 0.15
        while self.sent < self.planned:
            ask, answer = 60 + int(rng.random() * 700), self.answer_size()
            if upload:
                ask, answer = answer, 60 + int(rng.random() * 200)
            if self.talk == "tls":
                yield from self.say(0, self.content.tls_data(ask))
                yield from self.say(1, self.content.tls_data(answer))
            else:
                yield from self.say(0, self.content.http_request(self.host, ask))
                yield from self.say(1, self.content.http_response(answer))
            if rng.random() < 0.5:
                yield self.send(0, ACK, gap=200 + int(rng.random() * 40_000))
        yield from self.finish()

    def answer_size(self):
        """Most answers are small, a few are large, more so in long conversations; bounded by the plan."""
        size = int((102 + self.planned // 60) / (self.rng.random() + 0.00025))
        return min(size, 400 + (self.planned - self.sent) * 900)

    def say(self, way, message):
        """One application message in segments, acknowledged every other one by the other side."""
        rng, first, count = self.rng, True, 0
        start, size, mss = 0, len(message), self.mss
        while start < size:
            part = message[start : start + mss]
            start += len(part)
            if self.loss and start + 3 * mss < size and rng.random() < self.loss:
                yield from self.lose(way, part, message[start : start + 3 * mss])
                start += 3 * mss
                continue
            flags = ACK | PSH if start >= size else ACK
            yield self.send(way, flags, part, gap=self.trip if first else None)
            first, count = False, count + 1
            if count % 2 == 0 or (start >= size and size > mss):
                yield self.send(1 - way, ACK)

    def lose(self, way, part, rest):
        """A segment lost before the tap, three more with duplicate acknowledgements, the repair."""
        lost = self.seq[way]
        self.seq[way] = edge = (lost + len(part)) & 0xFFFFFFFF
        for start in range(0, len(rest), self.mss):
            yield self.send(way, ACK, rest[start : start + self.mss])
            blocks = SACK.pack(1, 1, 5, 10, edge, self.seq[way])
            yield self.send(1 - way, ACK, ack=lost, options=blocks)
        yield self.send(way, ACK | PSH, part, seq=lost, gap=self.trip)
        yield self.send(1 - way, ACK)

    def refused(self, answered):
        """A SYN and its RST, or a SYN repeated into silence."""
        options = b"\x02\x04\x05\xb4\x01\x03\x03\x07"
        first = self.seq[0]
        yield self.send(0, SYN, options=options, gap=0)
        if answered:
            yield self.send(1, RST | ACK, seq=0, gap=self.trip)
            return
        for wait in (1_000_000, 2_000_000):
            yield self.send(0, SYN, options=options, seq=first, gap=wait)

    def finish(self):
        """FIN from both sides, or a reset, or nothing at all before the capture ends."""
        draw = self.rng.random()
        if draw < 0.08:
            yield self.send(0, RST | ACK, gap=self.trip)
        elif draw < 0.96:
            yield self.send(0, FIN | ACK, gap=self.trip)
            yield self.send(1, FIN | ACK, gap=self.trip)
            yield self.send(0, ACK, gap=50)
