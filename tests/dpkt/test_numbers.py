"""Numbers lead to classes of the same names as in dpkt, wherever dpkt has a class for them."""

from __future__ import annotations

from typing import Any

import pytest

from unwire import dpkt as ours

theirs = pytest.importorskip("dpkt")

#: dpkt's table of each class that has one, by the class and the table's name.
TABLES = [
    ("ethernet", "Ethernet", "_typesw"),
    ("ip", "IP", "_protosw"),
    ("ppp", "PPP", "_protosw"),
    ("sll", "SLL", "_typesw"),
    ("sll2", "SLL2", "_typesw"),
]
#: IANA's numbers: 0 is the hop-by-hop options' (dpkt has IP there), 118 the Schedule Transfer Protocol's (dpkt has the spanning tree's class).
OTHERWISE = {("ip", 0): "IP6HopOptsHeader", ("ip", 118): None}


@pytest.mark.parametrize(("module", "name", "table"), TABLES)
def test_numbers_lead_to_the_classes_that_dpkt_has_for_them(module: str, name: str, table: str) -> None:
    known: dict[int, Any] = getattr(getattr(getattr(theirs, module), name), table)
    mapping = getattr(getattr(getattr(ours, module), name), table)
    found = {number: mapping[number].__name__ if number in mapping else None for number in known}
    wanted = {number: OTHERWISE.get((module, number), cls.__name__) for number, cls in known.items()}
    assert found == wanted
