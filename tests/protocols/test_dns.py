"""Domain Name System, multicast DNS, LLMNR."""

from __future__ import annotations

import pytest
from vectors import check

from unwire.dpkt import dns
from unwire.errors import NeedData, PackError, UnpackError

UDP = "ffffffffffff 020000000001 0800 4500{:04x}000000004011 0000 0a000001 0a000002 c350{:04x} {:04x} 0000"
QUERY = "1234 0100 0001 0000 0000 0000 03777777 07 6578616d706c65 03636f6d 00 0001 0001"
ANSWER = (
    "1234 81a0 0001 0003 0000 0001 03777777 07 6578616d706c65 03636f6d 00 0001 0001 "
    "c00c 0005 0001 0000003c 0006 0377696e c010 "
    "c02d 0001 0001 0000003c 0004 5db8d822 "
    "c02d 0010 0001 0000003c 0007 0268690361c3a9 "
    "00 0029 04d0 00008000 0000"
)
HTTPS = "0001 8180 0000 0001 0000 0000 00 0041 0001 0000012c 000d 0001 00 0001 0006 02683202 6833"


def datagram(payload: str, port: int = 53) -> str:
    """Return a frame in hexadecimal."""
    size = len(bytes.fromhex(payload))
    return UDP.format(size + 28, port, size + 8) + payload


VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "a question",
        1,
        datagram(QUERY),
        {
            "frame.protocols": "eth:ethertype:ip:udp:dns",
            "dns.id": 0x1234,
            "dns.flags": 0x0100,
            "dns.flags.response": False,
            "dns.flags.rcode": None,
            "dns.flags.authoritative": None,
            "dns.flags.recdesired": True,
            "dns.flags.z": False,
            "dns.flags.authenticated": None,
            "dns.count.queries": 1,
            "dns.qry.name": ["www.example.com"],
            "dns.qry.type": [1],
            "dns.resp.name": None,
        },
    ),
    (
        "an answer with pointers",
        1,
        datagram(ANSWER),
        {
            "dns.flags.authenticated": True,
            "dns.flags.rcode": 0,
            "dns.flags.authoritative": False,
            "dns.count.answers": 3,
            "dns.resp.name": ["www.example.com", "win.example.com", "win.example.com", "<Root>"],
            "dns.resp.type": [5, 1, 16, 41],
            "dns.resp.ttl": [60, 60, 60],
            "dns.cname": ["win.example.com"],
            "dns.a": ["93.184.216.34"],
            "dns.txt": ["hi", "aé"],
        },
    ),
    ("multicast", 1, datagram(QUERY, 5353), {"frame.protocols": "eth:ethertype:ip:udp:mdns", "dns.qry.name": ["www.example.com"]}),
    (
        "local",
        1,
        datagram(QUERY, 5355),
        {
            "frame.protocols": "eth:ethertype:ip:udp:llmnr",
            "dns.qry.name": ["www.example.com"],
            "dns.flags.tentative": True,
            "dns.flags.conflict": False,
            "dns.flags.recdesired": None,
            "dns.flags.checkdisable": None,
            "dns.flags.z": None,
        },
    ),
    ("cut inside the question", 1, datagram(QUERY)[:-24], {"dns.id": 0x1234, "dns.qry.name": None}),
    (
        "one message over TCP",
        1,
        "ffffffffffff 020000000001 0800 4500004b0000000040060000 0a000001 0a000002 c3500035 00000000 00000000 5018ffff00000000"
        f"{len(bytes.fromhex(QUERY)):04x} {QUERY}",
        {"frame.protocols": "eth:ethertype:ip:tcp:dns", "dns.qry.name": ["www.example.com"]},
    ),
]


def test_vectors() -> None:
    check(VECTORS)


def test_an_object_is_dpkt_s_and_has_the_bits_that_dpkt_misses() -> None:
    message = dns.DNS(bytes.fromhex(ANSWER))
    assert (message.qr, message.rd, message.ra, message.ad, message.cd, message.rcode) == (1, 1, 1, 1, 0, 0)
    assert [(q.name, q.type, q.cls) for q in message.qd] == [("www.example.com", dns.DNS_A, dns.DNS_IN)]
    cname, address, text = message.an
    assert (cname.cname, address.ip, text.text) == ("win.example.com", bytes([93, 184, 216, 34]), ["hi", "aé"])
    assert (message.ar[0].type, message.ar[0].options) == (dns.DNS_OPT, [])
    assert bytes(message) == bytes.fromhex(ANSWER) == message.raw
    assert len(message) == len(bytes.fromhex(ANSWER))
    message.cd = 1
    assert message.op == 0x81B0


def test_names_are_compressed_when_something_was_renamed() -> None:
    message = dns.DNS(bytes.fromhex(ANSWER))
    message.an[0].cname = "mail.example.com"
    again = dns.DNS(bytes(message))
    assert [one.name for one in again.an] == ["www.example.com", "win.example.com", "win.example.com"]
    assert again.an[0].cname == "mail.example.com"
    # dpkt would send the data with its old pointers.
    message.qd[0].name = message.an[0].name = "a.very.long.name.net"
    assert dns.DNS(bytes(message)).an[0].cname == "mail.example.com"


def test_every_type_is_read_and_unknown_ones_are_kept() -> None:
    message = dns.DNS(bytes.fromhex(HTTPS))
    record = message.an[0]
    assert (record.priority, record.target, record.params) == (1, "", [(1, b"\x02h2\x02h3")])
    assert bytes(message) == bytes.fromhex(HTTPS)
    record.ttl = 1
    assert dns.DNS(bytes(message)).an[0].rdata == record.rdata
    unknown = dns.DNS(bytes.fromhex("0001 8180 0000 0001 0000 0000 00 fff0 0001 00000000 0002 abcd"))
    assert unknown.an[0].rdata == b"\xab\xcd"


def test_what_dpkt_1_7_called_it() -> None:
    message = dns.DNS(bytes.fromhex(ANSWER))
    assert (message.get_qr(), message.get_opcode(), message.get_rcode()) == (1, 0, 0)
    message.set_rcode(3)
    assert message.rcode == 3


@pytest.mark.parametrize(
    ("what", "message", "error"),
    [
        ("a pointer to itself", "0001 0000 0001 0000 0000 0000 c00c 0001 0001", UnpackError),
        ("a pointer ahead", "0001 0000 0001 0000 0000 0000 c020 0001 0001", UnpackError),
        ("a label of an unknown kind", "0001 0000 0001 0000 0000 0000 41 61 00 0001 0001", UnpackError),
        ("a name too long", "0001 0000 0001 0000 0000 0000" + ("3f" + "61" * 63) * 4 + "00 0001 0001", UnpackError),
        ("less than it states", "0001 0000 0002 0000 0000 0000 00 0001 0001", NeedData),
        ("no header", "0001 0000", NeedData),
    ],
)
def test_what_is_no_message(what: str, message: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        dns.DNS(bytes.fromhex(message))


def test_a_message_is_built() -> None:
    message = dns.DNS(id=7, qd=[dns.DNS.Q(name="example.com", type=dns.DNS_MX)])
    message.an = [dns.DNS.RR(name="example.com", type=dns.DNS_MX, ttl=60, preference=10, mxname="mail.example.com")]
    again = dns.DNS(bytes(message))
    assert (again.id, again.rd, again.qd[0].name, again.an[0].preference, again.an[0].mxname) == (7, 1, "example.com", 10, "mail.example.com")
    assert repr(dns.DNS()) == "DNS()"
    with pytest.raises(PackError, match="63"):
        bytes(dns.DNS(qd=[dns.DNS.Q(name="a" * 64)]))


def test_octets_that_are_no_text_survive() -> None:
    read = bytes.fromhex("0001 0000 0001 0000 0000 0000 02 ff61 00 0001 0001")
    message = dns.DNS(read)
    message.id = 2
    assert bytes(message)[2:] == read[2:]
