"""Laws for the options of IPv4, IPv6 and segment routing: random bytes as an area of options never raise and keep their bytes, and lists of
options build and read back. TCP's are in test_option_objects.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unwire.declare import OptionFace, Options
from unwire.declare.options import numbers_of
from unwire.declare.registry import registry
from unwire.protocols.ip import IP
from unwire.protocols.ip6_options import IP6DstOptsHeader, IP6HopOptsHeader, IP6Option
from unwire.protocols.ip_options import IPOption


def made_of(family: Any) -> list[Any]:
    """One option of each number that the package's classes of a family answer to, as good ones by default are."""
    members = [registry.classes[id] for id, layer in registry.layers.items() if layer.get("family") == family.__layer__["id"]]
    own = [cls for cls in members if not cls.__layer__.get("stands") and cls.__module__.startswith("unwire.")]
    found = [cls(**({} if len(numbers_of(cls)) == 1 else {"type": number})) for cls in own for number in numbers_of(cls)]
    return [option for option in found if option.reason is None]


def ip_options(area: bytes) -> tuple[Any, Options]:
    area += bytes(-len(area) % 4)
    ip = IP(bytes(IP(p=17, hl=5 + len(area) // 4, len=20 + len(area), opts=area, sum=1)))
    return ip, ip.options


def ip6_options(area: bytes) -> tuple[Any, Options]:
    area += bytes(-(len(area) + 2) % 8)
    header = IP6HopOptsHeader(bytes([59, (len(area) + 2) // 8 - 1]) + area)
    return header, header.opts_typed


@pytest.mark.parametrize("read", [ip_options, ip6_options])
@settings(max_examples=400, deadline=None)
@given(area=st.binary(max_size=40))
def test_random_bytes_never_raise_and_keep_their_bytes(read: Any, area: bytes) -> None:
    packet, options = read(area)
    raw = packet.opts
    assert raw.startswith(area) and bytes(packet).count(raw) >= 1
    for option in options.all:
        assert isinstance(option, OptionFace) and isinstance(repr(option), str)
        assert option.reason is None or isinstance(option.reason, str)
    assert raw.startswith(b"".join(map(bytes, options.all)))
    again = type(packet)(bytes(packet))
    again_options = again.options if read is ip_options else again.opts_typed
    assert [bytes(one) for one in again_options.all] == [bytes(one) for one in options.all]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_random_lists_of_ipv4_build_and_read_back(data: Any) -> None:
    known = [option for option in made_of(IPOption) if option.type != 0]
    assert len(known) > 10
    chosen = data.draw(st.lists(st.sampled_from(known), max_size=5))
    while sum(len(bytes(one)) for one in chosen) > 40:
        chosen.pop()
    ip = IP(bytes(IP(p=17, options=chosen)))
    assert ip.options.all[: len(chosen)] == chosen and all(one.type == 0 for one in ip.options.all[len(chosen) :])
    assert ip.hl * 4 == 20 + len(ip.opts) and bytes(IP(p=17, options=ip.options)) == bytes(ip)


@pytest.mark.parametrize("header", [IP6HopOptsHeader, IP6DstOptsHeader])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_random_lists_of_ipv6_build_and_read_back(header: Any, data: Any) -> None:
    known = [option for option in made_of(IP6Option) if option.type > 1]
    assert len(known) >= 6
    chosen = data.draw(st.lists(st.sampled_from(known), max_size=12))
    made = header(bytes(header(nxt=59, opts_typed=chosen)))
    assert made.opts_typed.all[: len(chosen)] == chosen and all(one.type < 2 for one in made.opts_typed.all[len(chosen) :])
    assert len(bytes(made)) % 8 == 0 and made.length == len(bytes(made))
    assert bytes(header(nxt=59, opts_typed=made.opts_typed)) == bytes(made)
