"""Makes streams.pcap: TCP as it is captured when things go wrong. Needs dpkt; run beside this file: `python make_streams.py`.

Stream 0: a request in two segments of which the first comes late and again, a response of which a part was not captured but acknowledged, both FINs.
Stream 1: the same ends again with another initial sequence number (ports reused), reset by the server.
Stream 2: picked up in the middle, sequence numbers wrap; its last bytes overlap others that wait.
One UDP exchange, and an ICMP error that quotes a TCP header of a stream that was not seen (its number is 3).
"""

from pathlib import Path

import dpkt

CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

frames = []


def packet(transport, protocol, source, target):
    """Add a frame."""
    network = dpkt.ip.IP(src=source, dst=target, p=protocol, id=len(frames) + 1, data=transport)
    network.len = len(network)
    frames.append(bytes(dpkt.ethernet.Ethernet(src=source + b"\0\1", dst=target + b"\0\1", data=network)))


def tcp(from_client, flags, seq, ack, data=b"", ports=(40000, 80), win=501, opts=b""):
    """Add a segment."""
    source, target = (CLIENT, SERVER) if from_client else (SERVER, CLIENT)
    sport, dport = ports if from_client else ports[::-1]
    segment = dpkt.tcp.TCP(sport=sport, dport=dport, seq=seq % 2**32, ack=ack % 2**32, flags=flags, win=win, opts=opts, data=data)
    segment.off = 5 + len(opts) // 4
    packet(segment, 6, source, target)


scale = bytes([2, 4, 5, 180, 1, 3, 3, 7])
request = b"GET /streams HTTP/1.1\r\nHost: example.org\r\n\r\n"
response = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + bytes(range(250)) * 12
tcp(True, SYN, 1000, 0, opts=scale)
tcp(False, SYN | ACK, 9000, 1001, opts=scale)
tcp(True, ACK, 1001, 9001)
tcp(True, PSH | ACK, 1021, 9001, request[20:])
tcp(True, ACK, 1001, 9001, request[:20])
tcp(True, ACK, 1001, 9001, request[:20])
tcp(False, ACK, 9001, 1001 + len(request), response[:1000])
tcp(False, ACK, 9001 + 2000, 1001 + len(request), response[2000:])
tcp(True, ACK, 1001 + len(request), 9001 + len(response))
tcp(False, FIN | ACK, 9001 + len(response), 1001 + len(request))
tcp(True, FIN | ACK, 1001 + len(request), 9002 + len(response))
tcp(False, ACK, 9002 + len(response), 1002 + len(request))
tcp(True, SYN, 70000, 0)
tcp(False, SYN | ACK, 90000, 70001)
tcp(True, PSH | ACK, 70001, 90001, b"hello")
tcp(False, RST | ACK, 90001, 70006)
begin = 2**32 - 5
tcp(True, ACK, begin, 500, b"01234", ports=(50000, 7))
tcp(True, ACK, begin + 10, 500, b"abcde", ports=(50000, 7))
tcp(True, ACK, begin + 8, 500, b"89ABCDEFG", ports=(50000, 7))
tcp(True, ACK, begin + 5, 500, b"567", ports=(50000, 7))
tcp(False, ACK, 500, begin + 17, b"echo", ports=(50000, 7))
for client in (True, False):
    ends = (CLIENT, SERVER) if client else (SERVER, CLIENT)
    ports = (5353, 53) if client else (53, 5353)
    packet(dpkt.udp.UDP(sport=ports[0], dport=ports[1], ulen=12, data=b"ping"), 17, *ends)
quoted = dpkt.ip.IP(src=CLIENT, dst=SERVER, p=6, len=40, id=77, data=dpkt.tcp.TCP(sport=6000, dport=9, seq=5, flags=SYN))
quoted.len = len(quoted)
packet(b"\x03\x03\x00\x00" + bytes(4) + bytes(quoted), 1, SERVER, CLIENT)

with Path(__file__).with_name("streams.pcap").open("wb") as file:
    writer = dpkt.pcap.Writer(file)
    for number, frame in enumerate(frames):
        writer.writepkt(frame, ts=1700000000 + number / 100)
