"""Options that were handed out live as long as somebody has them, and what leads back to its packet goes with it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from unwire.protocols.ip import IP
from unwire.protocols.tcp import TCP
from unwire.protocols.tcp_options import MaximumSegmentSize

RAW = bytes(TCP(options=[MaximumSegmentSize(mss=1460), (4, {}), b"\1\1"]))


def test_a_packet_that_its_options_lead_back_to_goes() -> None:
    def lead(tcp: Any, how: str) -> None:
        if how == "option":
            tcp.options[2].packet = tcp
        elif how == "list":
            tcp.options.all.append(tcp)
        elif how == "changed":
            tcp.options[2].mss = 5
            tcp.options[2].packet = [tcp]
        else:
            tcp.packet = tcp.options

    for how in ("option", "list", "changed", "packet"):
        tcp = TCP(RAW)
        lead(tcp, how)
        gone = weakref.ref(tcp)
        del tcp
        gc.collect()
        assert gone() is None, how


def test_what_is_held_outlives_its_packet() -> None:
    for held in (lambda tcp: tcp.options, lambda tcp: tcp.options.all, lambda tcp: tcp.options[2]):
        tcp = TCP(RAW)
        tcp.packet = tcp
        tcp.options[2].mark = ["kept"]
        mine = held(tcp)
        del tcp
        gc.collect()
        option = mine if isinstance(mine, MaximumSegmentSize) else mine.all[0] if hasattr(mine, "all") else mine[0]
        assert option.mark == ["kept"] and option.mss == 1460
        gc.collect()


def test_a_packet_keeps_the_options_it_gave() -> None:
    tcp = TCP(RAW)
    assert tcp.options is tcp.options and tcp.options[2] is tcp.options[2]
    tcp.options[2].mss = 500
    gc.collect()
    assert bytes(tcp)[22:24] == (500).to_bytes(2, "big")
    many = [IP(bytes(IP(p=6, data=TCP(RAW)))) for _ in range(3000)]
    assert {len(ip.data.options.all) for ip in many} == {4}
    gc.collect()
    assert all(option.code in (1, 2, 4) for ip in many for option in ip.data.options.all)
