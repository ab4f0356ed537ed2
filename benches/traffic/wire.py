"""Links, addresses and checksums: from a transport segment to a whole Ethernet frame.

A `Path` is the way between two hosts: IP version, VLAN tags, MPLS labels, extension headers, tunnel.
It prepares all that is constant once, so that a packet costs two struct packs and one checksum.
Nothing here knows what is being said; that is the business of the conversations.
"""

import struct

TCP, UDP, ICMP, ICMP6, IPIP, GRE, FRAGMENT = 6, 17, 1, 58, 4, 47, 44

IP4_HEAD = struct.Struct(">BBHHHBBH")
IP6_HEAD = struct.Struct(">IHBB")
UDP_HEAD = struct.Struct(">HHHH")

#: IPv6 extension headers by the number that announces them; the first byte is patched.
HOP_BY_HOP = (0, bytes([0, 0, 5, 2, 0, 0, 1, 0]))  # RFC 2711 router alert, then PadN
DESTINATION = (60, bytes([0, 1, 1, 12]) + bytes(12))  # RFC 8200 section 4.6, one long PadN

#: What a tunnel adds: outer IPv4, transport and tunnel headers, and for VXLAN the inner Ethernet header.
OVERHEAD = {"vxlan": 20 + 8 + 8 + 14, "gre": 20 + 8, "ipip": 20, "gtp": 20 + 8 + 8}


def checksum(data, extra=0):
    """The Internet checksum (RFC 1071) of data and of an already summed part.

    2**16 is 1 modulo 65535, so the whole message read as one number leaves the one's complement
    sum as its remainder; Python divides that number far faster than it could add the words.
    """
    if len(data) & 1:
        data += b"\0"
    return (65535 - (int.from_bytes(data, "big") + extra) % 65535) % 65535


def udp(path, way, sport, dport, payload, filled=True):
    """A UDP datagram; filled=False leaves the checksum out, which only IPv4 allows."""
    size = 8 + len(payload)
    total = 0
    if filled:
        plain = UDP_HEAD.pack(sport, dport, size, 0) + payload
        # RFC 768: zero means "no checksum", so a computed zero is sent as all ones.
        total = checksum(plain, path.pseudo[way] + UDP + size) or 0xFFFF
    return UDP_HEAD.pack(sport, dport, size, total) + payload


class Host:
    """One machine: a MAC address and an address in each IP version."""

    def __init__(self, mac, ip4, ip6):
        self.mac, self.ip4, self.ip6 = mac, ip4, ip6


class Path:
    """The way between two hosts; `frame` wraps what one of them says (way 0: a to b)."""

    def __init__(self, a, b, *, version=4, tags=(), labels=(), extension=None, tunnel=None, ident=1, ttl=64):
        self.version, self.extension, self.tunnel = version, extension, tunnel
        self.hosts = (a, b)
        self.ident = [ident & 0xFFFF, (ident * 7) & 0xFFFF]
        self.ttl = (ttl, 64 - ttl // 16)
        kind = 0x0800 if version == 4 else 0x86DD
        link = b"".join(struct.pack(">HH", tpid, tag) for tpid, tag in tags)
        if labels:
            link += struct.pack(">H", 0x8847)
            for place, label in enumerate(labels):
                link += struct.pack(">I", label << 12 | (place == len(labels) - 1) << 8 | 61)
        else:
            link += struct.pack(">H", kind)
        addresses = [h.ip4 if version == 4 else h.ip6 for h in (a, b)]
        pairs = (addresses[0] + addresses[1], addresses[1] + addresses[0])
        macs = (b.mac + a.mac, a.mac + b.mac)
        self.pairs = pairs
        self.link = (macs[0] + link, macs[1] + link)
        self.pseudo = tuple(int.from_bytes(pair, "big") % 65535 for pair in pairs)

    @property
    def room(self):
        """The largest IP payload that fits a 1,500-byte link, and the tunnel's headers with it."""
        room = 1500 - (20 if self.version == 4 else 40)
        if self.extension:
            room -= len(self.extension[1])
        return room - (self.tunnel.overhead if self.tunnel else 0)

    def packet(self, way, proto, segment, frag=0x4000, ident=None):
        """One IP packet; frag is IPv4's flags-and-offset word, don't-fragment unless told."""
        pair = self.pairs[way]
        if self.version == 4:
            if ident is None:
                ident = self.ident[way] = (self.ident[way] + 1) & 0xFFFF
            size, ttl = 20 + len(segment), self.ttl[way]
            total = (self.pseudo[way] + 0x4500 + size + ident + frag + (ttl << 8) + proto) % 65535
            total = (65535 - total) % 65535
            return IP4_HEAD.pack(0x45, 0, size, ident, frag, ttl, proto, total) + pair + segment
        if self.extension:
            number, body = self.extension
            segment = bytes([proto]) + body[1:] + segment
            proto = number
        return IP6_HEAD.pack(6 << 28 | 0x12345, len(segment), proto, self.ttl[way]) + pair + segment

    def frame(self, way, proto, segment, **fields):
        """One Ethernet frame, padded to the link's minimum of 60 bytes."""
        frame = self.link[way] + self.packet(way, proto, segment, **fields)
        if self.tunnel:
            frame = self.tunnel.wrap(way, frame)
        return frame if len(frame) >= 60 else frame.ljust(60, b"\0")

    def fragments(self, way, proto, segment, ident):
        """The frames of one datagram too large for the link, in order (RFC 791, RFC 8200 section 4.5)."""
        step = (self.room - 8) & ~7
        for start in range(0, len(segment), step):
            part = segment[start : start + step]
            more = start + step < len(segment)
            if self.version == 4:
                yield self.frame(way, proto, part, frag=more << 13 | start >> 3, ident=ident & 0xFFFF)
            else:
                head = struct.pack(">BBHI", proto, 0, start | more, ident)
                yield self.frame(way, FRAGMENT, head + part)


class Tunnel:
    """Carries a path's frames over another path, as VXLAN, GRE, IP-in-IP or GTP-U."""

    def __init__(self, kind, outer, number, version):
        self.kind, self.outer, self.number = kind, outer, number
        self.inner = 0x0800 if version == 4 else 0x86DD
        self.overhead = OVERHEAD[kind]

    def wrap(self, way, frame):
        """The outer frame around an inner one, whose link header only VXLAN carries."""
        number, outer, packet = self.number, self.outer, frame[14:]
        if self.kind == "vxlan":  # RFC 7348: the source port spreads flows, the checksum is left out.
            body = struct.pack(">II", 0x08000000, number << 8) + frame
            return outer.frame(way, UDP, udp(outer, way, 49152 | number & 0x3FFF, 4789, body, filled=False))
        if self.kind == "gre":  # RFC 2784 and RFC 2890: version 0, with a key.
            return outer.frame(way, GRE, struct.pack(">HHI", 0x2000, self.inner, number) + packet)
        if self.kind == "ipip":  # RFC 2003, RFC 4213
            return outer.frame(way, 4 if self.inner == 0x0800 else 41, packet)
        body = struct.pack(">BBHI", 0x30, 255, len(packet), number) + packet  # 3GPP TS 29.281: a G-PDU
        return outer.frame(way, UDP, udp(outer, way, 2152, 2152, body))
