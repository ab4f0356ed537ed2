"""Long lists in braces: what is read at once means what the grammar reads item by item, and costs in proportion to its length."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

import unwire
from unwire.errors import FilterError

#: A field; items that are read at once; one more that the grammar reads, in which nothing lies.
LISTS = [
    ("tcp.port", ["80", "443 .. 445", "0x35", "0..1"], "0400"),
    ("frame.number", [str(number) for number in range(1, 300, 7)], "01777"),
    ("ip.addr", ["192.0.2.1", "198.51.100.0/24", "0.0.0.0/32"], None),
    ("ipv6.addr", ["2001:db8:1::1", "2001:db8:2::/64", "::"], None),
    ("eth.src", ["02:00:00:00:10:01", "FF:ff:ff:ff:ff:ff"], "02-00-00-00-99-99"),
    ("dns.qry.name", ['"www.example.com"', '"example.com"', '"}, é"'], r'"\x00"'),
    ("tcp.flags.str", ['"·······AP···"'], r'"\x00"'),
]


@pytest.mark.parametrize(("field", "items", "other"), LISTS)
def test_a_list_means_what_its_items_mean(field: str, items: list[str], other: str | None, office: Path) -> None:
    def numbers(where: str) -> list[int]:
        return [row["frame.number"] for row in unwire.open(office).packets("frame.number", where=where)]

    alone = {number for item in items for number in numbers(f"{field} in {{{item}}}")}
    together = numbers(f"{field} in {{ {' , '.join(items)}}}")
    assert together == sorted(alone)
    assert together == numbers(f"({field} in {{{','.join(items)}}}) and frame")
    assert numbers(f"{field} and not {field} in {{{','.join(items)}}}") == numbers(f"{field} and not ({field} in {{{','.join(items)}}})")
    if other:
        assert together == numbers(f"{field} in {{{','.join([*items, other])}}}")
    assert 0 < len(together) < len(list(unwire.open(office).records()))


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("tcp.port in {80, 443, 65536}", "65536"), ("tcp.port in {80, 443", ""), ("ip.addr in {10.0.0.1, 10.0.0.256}", "10.0.0.256"),
        ("ip.addr in {10.0.0.1/33}", "10.0.0.1/33"), ("tcp.port in {80} }", "}"), ("tcp.port in {80, 443 444}", "444"), ("tcp.port in {}", "}"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_place(expression: str, wrong: str) -> None:
    with pytest.raises(FilterError) as error:
        unwire.compile(expression)
    start, end = error.value.at
    assert expression[start:end].strip() == wrong or not wrong


def calls(expression: str) -> int:
    """How many functions are called to compile a filter; those of the garbage collector's listeners are not."""
    counted = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    gc.disable()
    sys.setprofile(count)
    try:
        unwire.compile(expression)
    finally:
        sys.setprofile(None)
        gc.enable()
    return counted


@pytest.mark.parametrize(("field", "item", "most"), [("frame.number", "{}", 0), ("ip.addr", "10.0.0.{}", 10), ("dns.qry.name", '"host{}"', 2)])
def test_a_long_list_is_cheap(field: str, item: str, most: int) -> None:
    def listed(items: int) -> str:
        return f"{field} in {{{','.join(item.format(number % 256) for number in range(items))}}}"

    calls(listed(10))
    # The grammar calls 95 functions an item.
    assert calls(listed(2000)) - calls(listed(1000)) <= 1000 * most + 100
