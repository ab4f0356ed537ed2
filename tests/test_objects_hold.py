"""What an object holds and how it ends: finalisers that look at what is just being changed, circles through options, classes that move fields."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from unwire.declare import Packet, field, u8, u16, u32
from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.icmp import ICMP
from unwire.dpkt.ip import IP
from unwire.dpkt.tcp import TCP
from unwire.dpkt.udp import UDP

SEGMENT = bytes.fromhex("0001000200000000000000008002000000000000020405b40103030801010402")


class First(Packet):
    """A byte and a number behind it"""

    x: u8 = field(1)
    y: u16 = field(2)


class Moved(First):
    """The same with the number further behind"""

    x: u32 = field(1)
    y: u16 = field(2)

    def above(self) -> int:
        """The number as the class above reads it."""
        return super().y


def test_a_class_that_moves_a_field_does_not_move_it_for_others() -> None:
    assert Moved(bytes(range(8))).above() == 0x0405
    assert First(bytes(range(8))).y == 0x0102


class Session:
    """What a program keeps beside packets."""


def of_a_session() -> Any:
    session: Any = Session()
    session.options = TCP(SEGMENT).options
    session.options.all[0].session = session
    return session


def of_an_iterator() -> Any:
    packet: Any = TCP(SEGMENT)
    packet.todo = iter(packet.options.all)
    packet.options.all[0].packet = packet
    return packet


def of_another_name() -> Any:
    packet: Any = TCP(SEGMENT)
    packet.kept = packet.options
    packet.options.all[0].packet = packet
    return packet


def of_the_list() -> Any:
    packet: Any = TCP(SEGMENT)
    packet.options.all[0].all = packet.options
    return packet


@pytest.mark.parametrize("circle", [of_a_session, of_an_iterator, of_another_name, of_the_list])
def test_circles_through_options_are_found(circle: Callable[[], Any]) -> None:
    held = [weakref.ref(circle()) for _ in range(20)]
    gc.collect()
    assert not any(one() for one in held)


def test_a_finaliser_may_read_what_is_being_written() -> None:
    class Value:
        def __del__(self) -> None:
            seen.append(packet.dport)

    seen: list[int] = []
    packet = UDP(sport=Value(), dport=9)
    packet.__init__(sport=2)  # type: ignore[misc]
    assert seen == [9]


def test_a_class_may_get_a_finaliser_at_any_time() -> None:
    ended: list[str] = []

    class Mixed:
        def __del__(self) -> None:
            ended.append("mixed")

    class Behind(First, Mixed):
        """A packet with something behind it that ends in its own way"""

    class Later(First):
        """A packet whose end is told later"""

    Behind(bytes(4))
    Later.__del__ = lambda self: ended.append("later")  # type: ignore[attr-defined]
    Later(bytes(4))
    assert ended == ["mixed", "later"]


def test_an_object_that_its_finaliser_brings_back_is_whole() -> None:
    back: list[Any] = []

    class Returning(First):
        """A packet that does not end"""

        def __del__(self) -> None:
            back.append(self)

    Returning(bytes(range(4)))
    assert back[0].y == 0x0102


def test_a_frame_without_its_tags_is_shown() -> None:
    frame: Any = Ethernet(bytes(12) + bytes.fromhex("810060070800") + bytes(IP(p=1)))
    assert frame.vlanid == 7
    del frame.vlan_tags[0]
    assert not hasattr(frame, "vlanid") and repr(frame) and bytes(frame)[12:14] == b"\x08\0"


def test_what_an_error_quotes_keeps_its_size_before_an_extension() -> None:
    # RFC 4884 section 5.5: those who were earlier quote 128 octets, however long the datagram is that stands there.
    quoted = bytes(IP(src=b"\n\0\0\1", dst=b"\n\0\0\2", p=17, data=UDP(sport=1, dport=2)))
    extension = bytes.fromhex("2000dfff00080101000010ff")
    sent = bytes(IP(p=1, data=ICMP(type=11, data=bytes(4) + quoted.ljust(128, b"\0") + extension)))
    packet: Any = IP(sent)
    assert packet.icmp.data.data.data.dport == 2 and packet.icmp.data.extension
    packet.src = b"\n\0\0\3"
    packet.recompute()
    again: Any = IP(bytes(packet))
    assert len(bytes(packet)) == len(sent) and bytes(again.icmp.data.extension) == extension
    assert all(again.verify_checksums().values())
