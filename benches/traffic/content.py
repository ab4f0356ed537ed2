"""What the hosts say inside TCP and UDP: HTTP, TLS 1.3, DNS, RTP, NTP, syslog, as bytes.

All bodies are slices of one pseudo-random block. Messages are whole and their lengths right, so that
a dissector finds real protocols and not noise. No packet headers here.
"""

import struct

SITES = ("www", "mail", "shop", "cdn", "api", "img", "news", "git", "maps", "video", "login", "files")
ZONES = ("example.com", "example.org", "example.net", "office.test", "campus.test", "plant.test")
SIZE = 0x100000  # of the block: a power of two


class Content:
    """Makers of application messages, all drawing on one seeded generator."""

    def __init__(self, rng):
        self.rng = rng
        block = rng.getrandbits(8 * SIZE).to_bytes(SIZE, "big")
        self.block = block + block[:SIZE]

    def pick(self, things):
        return things[int(self.rng.random() * len(things))]

    def noise(self, size):
        """Random bytes: a slice of the block, at a random place."""
        start = int(self.rng.random() * SIZE)
        return self.block[start : start + size]

    def name(self):
        """A host name; a few are asked for far more often than others."""
        number = int(4 / (self.rng.random() + 0.002))
        return f"{SITES[number % len(SITES)]}{number}.{ZONES[number % 5 if number % 7 else 5]}"

    # HTTP/1.1 (RFC 9112)

    def http_request(self, host, size):
        head = f"GET /{self.rng.getrandbits(40):x}.bin HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench/1\r\nAccept: */*\r\n"
        fill = max(0, size - len(head) - 12)
        return f"{head}Cookie: {'c' * fill}\r\n\r\n".encode()

    def http_response(self, size):
        size = min(size, SIZE)
        head = f"HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
        return head.encode() + self.noise(size)

    # TLS 1.3 (RFC 8446)

    def tls_hello(self, host):
        """A ClientHello record with SNI, ALPN and an X25519 share."""
        name = host.encode()
        share = struct.pack(">HHH", 36, 29, 32) + self.noise(32)
        extensions = (
            (0, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name),
            (10, b"\0\x04\0\x1d\0\x17"),
            (13, b"\0\x08\x04\x03\x08\x04\x04\x01\x05\x03"),
            (16, b"\0\x0c\x02h2\x08http/1.1"),
            (43, b"\x04\x03\x04\x03\x03"),
            (45, b"\x01\x01"),
            (51, share),
            (21, bytes(int(self.rng.random() * 200))),
        )
        suites = b"\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30"
        body = b"\x03\x03" + self.noise(32) + b"\x20" + self.noise(32)
        body += struct.pack(">H", len(suites)) + suites + b"\x01\0" + self._extensions(extensions)
        return self._handshake(1, body)

    def tls_server_flight(self):
        """ServerHello, the compatibility ChangeCipherSpec, and the encrypted rest."""
        share = struct.pack(">HH", 29, 32) + self.noise(32)
        body = b"\x03\x03" + self.noise(32) + b"\x20" + self.noise(32) + b"\x13\x01\0"
        body += self._extensions(((43, b"\x03\x04"), (51, share)))
        size = 1800 + int(self.rng.random() * 2400)
        return self._handshake(2, body) + b"\x14\x03\x03\0\x01\x01" + self.tls_data(size)

    def tls_client_finished(self):
        return b"\x14\x03\x03\0\x01\x01" + self.tls_data(53)

    def tls_data(self, size):
        """Application-data records of at most 16 KiB of plaintext each."""
        size, parts = min(size, SIZE), []
        while size > 0:
            part = min(size, 16401)
            parts += (struct.pack(">BHH", 23, 0x0303, part), self.noise(part))
            size -= part
        return b"".join(parts)

    def _handshake(self, kind, body):
        message = struct.pack(">I", kind << 24 | len(body)) + body
        return struct.pack(">BHH", 22, 0x0301 if kind == 1 else 0x0303, len(message)) + message

    def _extensions(self, extensions):
        body = b"".join(struct.pack(">HH", kind, len(data)) + data for kind, data in extensions)
        return struct.pack(">H", len(body)) + body

    # DNS (RFC 1035; RFC 6891 for the OPT record)

    def dns_pair(self):
        """A query and its answer: A, AAAA, MX, TXT, CNAME or a name that does not exist."""
        rng = self.rng
        number, name, edns = rng.getrandbits(16), self.name(), rng.random() < 0.7
        question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
        kind = self.pick((1, 1, 1, 1, 28, 28, 28, 15, 16, 5))
        tail = struct.pack(">HH", kind, 1)
        option = b"\0" + struct.pack(">HHIH", 41, 1232, 0, 0) if edns else b""
        query = struct.pack(">6H", number, 0x0100, 1, 0, 0, int(edns)) + question + tail + option
        parent = 12 + 1 + len(name.split(".")[0])  # where the name without its first label lies
        if rng.random() < 0.08:
            soa = b"\x02ns" + struct.pack(">H", 0xC000 | parent) + b"\x05admin" + struct.pack(">H", 0xC000 | parent)
            soa += struct.pack(">5I", 2026010101, 7200, 900, 1209600, 300)
            record = struct.pack(">HHHIH", 0xC000 | parent, 6, 1, 300, len(soa)) + soa
            head = struct.pack(">6H", number, 0x8183, 1, 0, 1, int(edns))
            return query, head + question + tail + record + option
        answers = [self._answer(kind, parent) for _ in range(1 + int(rng.random() * 4) if kind != 5 else 1)]
        body = b"".join(struct.pack(">HHHIH", 0xC00C, kind, 1, 300, len(data)) + data for data in answers)
        head = struct.pack(">6H", number, 0x8180, 1, len(answers), 0, int(edns))
        return query, head + question + tail + body + option

    def _answer(self, kind, parent):
        rng = self.rng
        if kind == 1:
            return struct.pack(">HH", 0xC612, rng.getrandbits(16))
        if kind == 28:
            return struct.pack(">IIII", 0x20010002, 0, 0, rng.getrandbits(32))
        if kind == 15:
            return struct.pack(">H", 10) + b"\x02mx" + struct.pack(">H", 0xC000 | parent)
        if kind == 16:
            text = f"v=spf1 ip4:198.18.{rng.getrandbits(8)}.0/24 -all".encode()
            return bytes([len(text)]) + text
        return b"\x04edge" + struct.pack(">H", 0xC000 | parent)

    # Datagrams of other kinds

    def rtp(self, count, source):
        """One G.711 packet of 20 ms (RFC 3550, RFC 3551)."""
        return struct.pack(">BBHII", 0x80, 0, count & 0xFFFF, count * 160 & 0xFFFFFFFF, source) + self.noise(160)

    def ntp(self, answer):
        """A version 4 client or server message (RFC 5905), without regard to the hour."""
        head = bytes([0x24 if answer else 0x23, 2 if answer else 0, 6, 0xEC]) + struct.pack(">II", 0x100, 0x200)
        return head + b"\xc6\x12\0\x01" + self.noise(32)

    def syslog(self):
        text = f"<{8 * 3 + 6}>1 2026-01-01T00:00:00Z {self.name()} app {self.rng.getrandbits(16)} - - done in "
        return (text + f"{self.rng.getrandbits(12)} ms").encode()
