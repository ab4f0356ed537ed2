"""What cannot be an option is said when it is given or built, and never makes `repr` fail."""

from __future__ import annotations

from typing import Any

import pytest

from unwire.declare import DeclarationError, field, raw, u8, u16
from unwire.errors import PackError
from unwire.protocols.mptcp_data import MPTCPRemoveAddress
from unwire.protocols.tcp import TCP
from unwire.protocols.tcp_options import (
    SACK,
    FastOpenCookie,
    MaximumSegmentSize,
    MD5Signature,
    SACKBlock,
    TCPOption,
    Timestamps,
    UnassignedOption,
    WindowScale,
)


@pytest.mark.parametrize("given", [5, 1 << 40, True, 1.5, None, object()])
def test_a_number_is_no_bytes_of_options(given: Any) -> None:
    with pytest.raises(TypeError, match="option 1 of 1 is"):
        bytes(TCP(options=[given]))


@pytest.mark.parametrize("given", [5, 1 << 40])
def test_nor_is_it_bytes_of_one_option(given: int) -> None:
    with pytest.raises(PackError, match="bytes are needed"):
        bytes(MD5Signature(digest=given))  # type: ignore[arg-type]


def test_constructors_take_the_keywords_of_make_and_no_others() -> None:
    assert bytes(Timestamps(tsval=1, tsecr=2)) == bytes(Timestamps(timestamp=1, echo=2))  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="WindowScale has no 'mss'; it takes kind, shift"):
        WindowScale(mss=3)  # type: ignore[call-arg]


def test_a_class_without_a_number_is_sent_under_none() -> None:
    class Numberless(TCPOption, when="size == 4"):
        """An option that nobody registered"""

        a: u16 = field(1)

    for made in (Numberless(a=7), UnassignedOption(data=b"xyz")):
        with pytest.raises(TypeError, match="answers to no number"):
            TCP(options=[made])
    assert TCP(options=[Numberless(kind=231, a=7)]).opts == b"\xe7\4\0\7"


def test_a_fraction_is_no_number() -> None:
    with pytest.raises(PackError, match=r"MaximumSegmentSize\.mss: a whole number, bytes, text or a list is needed, not float"):
        bytes(MaximumSegmentSize(mss=1.5))  # type: ignore[arg-type]


@pytest.mark.parametrize("option", [MaximumSegmentSize(mss=70000), WindowScale(shift=-1), MD5Signature(digest=7), SACK(sack=[(1 << 40, 2)])])
def test_options_that_cannot_be_sent_are_shown_with_their_reason(option: Any) -> None:
    assert "reason=" in repr(option) and option.reason
    with pytest.raises(PackError):
        bytes(option)


def test_more_blocks_than_an_option_has_are_refused() -> None:
    for refused in ([(one, one + 1) for one in range(5)], [SACKBlock(left=1, right=2)] * 5):
        with pytest.raises(ValueError, match="5 blocks"):
            SACK(sack=refused)
    with pytest.raises(ValueError, match="5 blocks"):
        TCP(options=[(5, {"sack": [(1, 2)] * 5})])
    assert SACK(sack=[SACKBlock(left=1, right=2)] * 4).reason is None


@pytest.mark.parametrize(
    "option", [FastOpenCookie(cookie=b"odd"), MPTCPRemoveAddress(), (30, {"subtype": 0, "version": 0, "skey": None, "rkey": None})]
)
def test_strict_building_refuses_what_is_not_as_its_rule_says(option: Any) -> None:
    with pytest.raises(PackError, match=r"\[OptNo (34|30)\] invalid format"):
        TCP.make(options=[option], strict=True)
    assert TCP(bytes(TCP.make(options=[option]))).options.bad


def test_defaults_without_room_are_refused_when_the_class_is_made() -> None:
    with pytest.raises(DeclarationError, match=r"Wide\.value: the default 70000 is not within 0 to 65535"):

        class Wide(TCPOption):
            """A default of too many bits"""

            value: u16 = field(70000, "tcp.options.wide.value")

    with pytest.raises(DeclarationError, match="the default is bytes, not 5"):

        class Filled(TCPOption):
            """A number for bytes"""

            value: bytes = raw("left", 5)  # type: ignore[arg-type]

    with pytest.raises(DeclarationError, match="the default is a number"):

        class Text(TCPOption):
            """A text for a number"""

            value: u8 = field("1")


#: Sizes that RFC 8684 (and RFC 6824, which it replaced) gives to the subtypes.
SIZES = {
    0: {12, 20}, 1: {12, 16, 24}, 3: {8, 10, 20, 22}, 4: set(range(4, 39)), 5: {3, 4}, 6: {12}, 7: {12}, 8: {4},
}  # fmt: skip


@pytest.mark.parametrize("subtype", sorted(SIZES))
def test_wrong_sizes_of_multipath_options_have_a_reason(subtype: int) -> None:
    for size in range(2, 39):
        body = bytes([subtype << 4 | (4 if subtype == 3 and size < 20 else 6 if subtype == 3 else 0)])[: size - 2]
        area = bytes([30, size]) + body + bytes(size - 2 - len(body))
        (option,) = [one for one in TCP(bytes(TCP(options=[area]))).options.all if one.code == 30]
        good = size in SIZES[subtype]
        assert (option.reason is None) == good, (subtype, size, option)


@pytest.mark.parametrize(("size", "flags", "good"), [
    (4, 0x00, True), (8, 0x01, True), (12, 0x03, True), (14, 0x04, True), (16, 0x04, True), (18, 0x05, True), (20, 0x05, True), (18, 0x0C, True),
    (26, 0x0F, True), (28, 0x0F, True), (5, 0x00, False), (7, 0x01, False), (9, 0x01, False), (10, 0x04, False), (17, 0x05, False), (30, 0x0F, False),
])  # fmt: skip
def test_sizes_of_data_sequence_signals_follow_from_their_flags(size: int, flags: int, good: bool) -> None:
    area = bytes([30, size, 0x20, flags]) + bytes(size - 4)
    (option,) = [one for one in TCP(bytes(TCP(options=[area]))).options.all if one.code == 30]
    assert (option.reason is None) == good, option
