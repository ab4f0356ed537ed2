"""Options from hands that mean well or not: pairs as dpkt's `parse_opts` gives them, numbers and classes that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from unwire import dpkt
from unwire.declare import DeclarationError
from unwire.protocols.tcp import TCP


def test_pairs_of_parse_opts_are_the_options_they_were_read_from() -> None:
    tcp = TCP(off=8, opts=bytes.fromhex("020405b4 01 030307 0402 0000"))
    before = bytes(tcp)
    pairs = dpkt.tcp.parse_opts(tcp.opts)
    tcp.options = pairs[:4]
    assert [type(one).__name__ for one in tcp.options.all[:4]] == ["MaximumSegmentSize", "NoOperation", "WindowScale", "SACKPermitted"]
    assert bytes(tcp.opts) == before[20:30] + bytes(2)


@pytest.mark.parametrize("given", [(1, 2), (len,), (len, len, len), int, "pair"])
def test_what_can_read_no_option_is_refused_when_it_is_registered(given: Any) -> None:
    with pytest.raises(DeclarationError):
        TCP.register_option(77, given)


@pytest.mark.parametrize("number", [-1, 256, 2**70])
def test_numbers_that_no_option_has_are_refused(number: int) -> None:
    with pytest.raises(DeclarationError, match="0 to 255"):
        TCP.register_option(number, (len, len))
    assert len(bytes(TCP())) == 20


def test_dictionaries_of_packets_hold_what_dpkt_s_do() -> None:
    assert dpkt.utils.make_dict(TCP(sport=80))["sport"] == 80
