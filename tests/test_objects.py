"""Objects of every declared class: they pack with their defaults, survive hostile bytes and values, and let go of what they hold."""

from __future__ import annotations

import copy
import gc
import importlib
import pickle
import pkgutil
import random
import threading
import weakref
from typing import Any

import pytest

import unwire.protocols
from unwire.declare import Numbers, Packet, Part, by, field, length, raw, u8, u16
from unwire.declare.registry import registry
from unwire.errors import Error, NeedData, PackError, UnpackError
from unwire.protocols.dns import DNS
from unwire.protocols.ethernet import Ethernet
from unwire.protocols.ip import IP
from unwire.protocols.tcp import TCP
from unwire.protocols.udp import UDP

for module in pkgutil.iter_modules(unwire.protocols.__path__):
    importlib.import_module(f"unwire.protocols.{module.name}")
#: Entries of DNS's messages are nothing by themselves, as in dpkt.
CLASSES: list[Any] = [cls for id, cls in registry.classes.items() if id.startswith("unwire.protocols.") and not issubclass(cls, DNS.Q)]

#: Ethernet, IPv4, UDP, five bytes; the sums fit.
FRAME = bytes.fromhex("02000000000202000000000108004500002100010000401166c90a0000010a00000200350035000da79568656c6c6f")


def _everything(packet: Any) -> None:
    """Ask a packet all that can be asked of it."""
    for ask in (repr, bytes, len, dict, type(packet).to_dict, lambda one: one.layers, type(packet).verify_checksums, copy.deepcopy):
        ask(packet)
    assert bytes(pickle.loads(pickle.dumps(packet))) == bytes(packet)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__layer__["id"].removeprefix("unwire.protocols."))
def test_every_class_packs_with_its_own_defaults(cls: Any) -> None:
    _everything(cls())


def test_hostile_bytes_and_values_raise_what_is_documented_and_nothing_else() -> None:
    rng = random.Random(7)
    values = (0, 1, 255, 1 << 16, (1 << 64) - 1, -1, b"", b"abc", "x", None, [], [b"a"], 1.5, (1, 2))
    for _ in range(4000):
        cls = Ethernet if rng.random() < 0.5 else rng.choice(CLASSES)
        frame = bytearray(FRAME if cls is Ethernet else rng.randbytes(rng.randrange(80)))
        for _ in range(rng.randrange(4) if frame else 0):
            frame[rng.randrange(len(frame))] = rng.randrange(256)
        try:
            packet = cls(bytes(frame[: rng.randrange(len(frame) + 1)]))
        except UnpackError:
            continue
        assert bytes(frame).startswith(packet.raw or b"")
        try:
            _everything(packet)
        except AttributeError as cut:
            assert "short" in str(cut), "only a part of a packet that was cut has fields that are not there"
        chosen = rng.choice([f["name"] for f in cls.__layer__["fields"]] or ["data"])
        try:
            setattr(packet, chosen, rng.choice(values))
            bytes(packet)
        except (Error, ValueError, TypeError, AttributeError):
            pass


def test_objects_are_let_go_of() -> None:
    eth = Ethernet(FRAME)
    udp = eth.data.data
    watched = weakref.ref(eth)
    del eth
    assert watched() is None, "no payload holds what carries it"
    assert udp.sport == 53
    udp.data = [udp]
    watched = weakref.ref(udp)
    del udp
    gc.collect()
    assert watched() is None, "the collector sees what was written"

    def alive() -> int:
        gc.collect()
        return sum(isinstance(one, Packet) for one in gc.get_objects())

    before = alive()
    for _ in range(1000):
        Ethernet(FRAME).ip.udp.sport = 1
    assert alive() == before


#: An IP header that carries another: no length, a sum that fits, protocol 4.
NESTED = bytes.fromhex("4500000000000000400474f5 01010101 02020202")


def test_headers_in_headers_without_end_are_objects_up_to_the_cap() -> None:
    packet = IP(NESTED * 20_000)
    assert len(packet.layers) == 32
    assert packet.layers[-1].data == NESTED * (20_000 - 32)
    assert bytes(packet) == NESTED * 20_000


def test_a_chain_of_any_length_is_built_and_let_go_of() -> None:
    packet = innermost = Ethernet()
    for _ in range(100_000):
        outer = Ethernet()
        outer.data, packet = packet, outer
    assert packet.layers[-1] is innermost
    with pytest.raises(RecursionError):
        bytes(packet)
    del packet, outer
    gc.collect()
    assert len(bytes(innermost)) == 14


def test_an_object_that_carries_itself_has_no_bytes_but_an_end() -> None:
    packet = Ethernet()
    packet.data = packet
    assert packet.layers == [packet]
    assert UDP not in packet
    for work in (bytes, len, repr, Ethernet.tree, Ethernet.to_dict):
        with pytest.raises(RecursionError):
            work(packet)
    with pytest.raises(RecursionError):
        bytes(IP(src=type("Address", (), {"packed": property(lambda own: own)})()))


def test_objects_are_read_by_many_threads() -> None:
    eth, seen = Ethernet(FRAME), []
    threads = [threading.Thread(target=lambda: seen.append(eth.data.data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one is seen[0] for one in seen)


def test_written_fields_lie_beside_the_bytes() -> None:
    eth = Ethernet(FRAME)
    eth.ip.ttl, eth.ip.udp.dport = 9, 54
    assert eth.raw == FRAME
    assert (eth.ip.ttl, eth.ip.udp.dport, eth.ip.udp.sport) == (9, 54, 53)
    del eth.ip.ttl
    assert eth.ip.ttl == 64
    assert bytes(eth)[36:38] == b"\0\x36"


def test_bytes_fills_in_what_nobody_set_and_nothing_else() -> None:
    built = IP(src=b"\x0a\0\0\1", dst=b"\x0a\0\0\2", id=1, data=UDP(sport=53, dport=53, data=b"hello"))
    assert bytes(built) == FRAME[14:], "lengths, sums and the protocol's number"
    kept = IP(src=b"\x0a\0\0\1", dst=b"\x0a\0\0\2", p=17, len=99, sum=7, data=UDP(ulen=3, sum=1))
    assert bytes(kept)[2:4] == b"\0\x63" and bytes(kept)[10:12] == b"\0\7"
    assert bytes(kept)[24:28] == b"\0\3\0\1"
    with pytest.raises(PackError, match=r"TCP\.sport: 65536 is not within 0 and 65535"):
        bytes(TCP(sport=1 << 16))


def test_checksums_are_verified_and_computed_again() -> None:
    eth = Ethernet(FRAME)
    assert eth.verify_checksums() == {"IP.sum": True, "UDP.sum": True}
    eth.ip.ttl = 1
    assert eth.verify_checksums() == {"IP.sum": False, "UDP.sum": True}
    eth.recompute()
    assert Ethernet(bytes(eth)).verify_checksums() == {"IP.sum": True, "UDP.sum": True}


def test_a_class_of_a_script_is_an_object_at_once() -> None:
    class Opt(Part, size="size"):
        """An option"""

        size: u8 = length(1, of="part")
        body: bytes = raw("size - 1", b"")

    class Greeting(Packet, over={"ip.proto": 201}, next=by("kind", "ip.proto")):
        """A greeting"""

        kind: u8 = field(254)
        size: u16 = length(0, of="header")

    packet = IP(p=201, data=Greeting())
    assert type(IP(bytes(packet)).data) is Greeting
    assert bytes(packet)[20:] == b"\xfe\0\3"
    assert bytes(Opt(body=b"abc")) == b"\4abc"
    numbers = Numbers("ip.proto")
    del numbers[201]
    assert IP(bytes(packet)).data == b"\xfe\0\3"
    numbers[201] = Greeting
    assert type(IP(bytes(packet)).greeting) is Greeting
    registry.numbers.clear()
    registry.remove(Greeting.__layer__["id"])
    registry.remove(Opt.__layer__["id"])


def test_what_is_missing_is_said() -> None:
    with pytest.raises(NeedData, match="got 3, 14 needed at least"):
        Ethernet(b"abc")
    with pytest.raises(TypeError, match="a bytes-like object is required, not 'str'"):
        Ethernet("abc")
    with pytest.raises(AttributeError):
        Ethernet(FRAME).arp  # noqa: B018


def test_a_copy_shares_the_payload_and_a_deep_one_does_not() -> None:
    built = bytes(IP(data=UDP(data=b"hello")))
    packet = IP(built)
    assert copy.copy(packet).data is packet.data
    assert copy.deepcopy(packet).data is not packet.data
    assert bytes(copy.copy(packet)) == built


def test_programs_keep_what_they_like_under_names_of_views() -> None:
    class Kept(Packet):
        __hdr__ = (("kind", "B", 0),)

        def unpack(self, buf: bytes) -> None:
            super().unpack(buf)
            self.raw = self.layers = buf

    assert (Kept(b"\1").raw, Kept(b"\1").layers) == (b"\1", b"\1")
    assert Kept(b"\1").to_dict()["kind"] == 1


def test_a_class_statement_that_fails_leaves_nothing_behind() -> None:
    before = set(registry.layers)
    with pytest.raises(ValueError, match="NUL"):
        type("Huge", (Packet,), {"__hdr__": (("a\0", "H", 0),)})
    assert set(registry.layers) == before


def test_addresses_are_set_in_columns_as_text_is() -> None:
    assert f"{IP(bytes(IP(src=bytes([192, 0, 2, 1])))).src:>12}|" == "   192.0.2.1|"
