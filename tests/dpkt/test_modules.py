"""dpkt's module names: what they hold is what dpkt's own hold, constants by value and helpers by what they return."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unwire
from conftest import ROOT
from unwire import dpkt as ours
from unwire.declare import Part

dpkt = pytest.importorskip("dpkt")
INVENTORY = ROOT.parent / "shared" / "reference" / "dpkt_inventory.json"

#: Constants whose values are not dpkt's, and why.
DELIBERATE = {
    "IP_ADDR_ANY": "dpkt has text here, which no field takes",
    "IP_ADDR_BROADCAST": "as above",
    "IP_ADDR_LOOPBACK": "as above",
    "IP_ADDR_MCAST_ALL": "as above",
    "IP_ADDR_MCAST_LOCAL": "as above",
    "DLT_RAW": "dpkt has the number of BSD kernels; `datalink()` gives that of files, 101",
    "DLT_BLUETOOTH_LINUX_MONITOR": "dpkt has the number of DLT_NETLINK",
}
#: What dpkt's own tests define in its modules.
TEST_HELPERS = {"PostTest", "TryExceptException", "WriterTestWrap", "define_testdata", "pre_test", "property_runner"}


def pair(name: str) -> tuple[Any, Any]:
    """Return dpkt's module of a name, and ours."""
    theirs = dpkt.edp if name == "edp" else importlib.import_module(f"dpkt.{name}")
    return theirs, importlib.import_module(f"unwire.dpkt.{name}")


@pytest.mark.parametrize("name", ours.MODULES)
def test_every_public_name_is_there(name: str) -> None:
    theirs, mine = pair(name)
    own = {n for n, value in vars(theirs).items() if getattr(value, "__module__", theirs.__name__) == theirs.__name__ and not inspect.ismodule(value)}
    wanted = {n for n in own if not n.startswith(("_", "test", "Test"))} - TEST_HELPERS
    assert not {n for n in wanted if not hasattr(mine, n)}
    assert mine.__doc__.startswith(f"dpkt.{name}: ")


@pytest.mark.parametrize("name", ours.MODULES)
def test_constants_have_their_values(name: str) -> None:
    theirs, mine = pair(name)
    for constant, value in vars(theirs).items():
        if isinstance(value, (int, str, bytes, tuple)) and not constant.startswith("_") and constant not in DELIBERATE:
            assert getattr(mine, constant) == value, f"{name}.{constant}"


def test_constants_are_those_of_the_inventory() -> None:
    if not INVENTORY.exists():
        pytest.skip("the inventory of dpkt is not beside the checkout")
    inventory = json.loads(INVENTORY.read_text(encoding="utf-8"))
    for name in ours.MODULES:
        mine = importlib.import_module(f"unwire.dpkt.{name}")
        for constant, text in inventory[name]["constants"].items():
            value = getattr(mine, constant)
            if text in ("list", "dict", "tuple", "set"):
                assert type(value).__name__ == text, f"{name}.{constant}"
            elif constant.startswith("DLT_") and constant in DELIBERATE:
                assert value != ast.literal_eval(text)
            elif constant in DELIBERATE:
                assert value == ast.literal_eval(text).encode("latin-1")
            else:
                assert value == ast.literal_eval(text), f"{name}.{constant}"


def test_classes_are_those_of_the_protocols() -> None:
    assert ours.ipip.IPIP is ours.ip.IP
    for name in ours.MODULES:
        mine = importlib.import_module(f"unwire.dpkt.{name}")
        for value in vars(mine).values():
            if isinstance(value, type) and issubclass(value, (ours.Packet, Part)) and value is not ours.Packet:
                assert value is getattr(importlib.import_module(value.__module__), value.__name__)
                assert value.__module__.startswith(("unwire.protocols.", f"unwire.dpkt._{name}_"))


def test_the_protocol_behind_extension_headers_is_a_field_until_there_is_more_to_it() -> None:
    udp = bytes.fromhex("003500350008000041424344")
    bare = bytes.fromhex("60000000000c1140") + bytes(32) + udp
    chained = bytes.fromhex("6000000000140040") + bytes(32) + bytes.fromhex("1100000000000000") + udp

    class Between(ours.ip6.IP6):
        @property
        def p(self) -> int:
            return 99

    class Below(Between):
        pass

    class Plain(ours.ip6.IP6):
        pass

    assert [cls(bare).p for cls in (ours.ip6.IP6, Plain, Between, Below)] == [17, 17, 99, 99]
    assert ours.ip6.IP6(chained).p == Plain(chained).p == 17
    packet = ours.ip6.IP6(bare)
    packet.nxt = 4
    assert packet.p == 4
    packet.p = 6
    assert (packet.p, packet.nxt) == (6, 4)
    del packet.p
    assert not hasattr(packet, "p")


def test_a_reader_s_pairs_may_be_kept() -> None:
    with (ROOT / "examples" / "office.pcapng").open("rb") as file:
        kept = list(ours.pcapng.Reader(file))
        file.seek(0)
        reader = ours.pcapng.Reader(file)
        assert all(pair == kept[index] for index, pair in enumerate(reader))
    assert len({id(pair) for pair in kept}) == len(kept)


def test_extension_headers_by_number() -> None:
    assert dpkt.ip6.EXT_HDRS == ours.ip6.EXT_HDRS
    assert {number: cls.__name__ for number, cls in ours.ip6.EXT_HDRS_CLS.items()} == {n: c.__name__ for n, c in dpkt.ip6.EXT_HDRS_CLS.items()}


def test_errors_are_one_family_under_both_names() -> None:
    for name in ("Error", "UnpackError", "NeedData", "PackError"):
        assert getattr(ours, name) is getattr(ours.dpkt, name)
        assert [c.__name__ for c in getattr(ours, name).__mro__ if c.__module__ == "unwire.errors"][-2::-1] == [
            c.__name__ for c in getattr(dpkt, name).__mro__ if c.__module__ == "dpkt.dpkt"
        ][::-1]


def test_modules_are_loaded_on_first_use() -> None:
    code = "import sys; from unwire import dpkt; before = set(sys.modules); dpkt.gre; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "unwire.dpkt.gre" in loaded
    assert "unwire.dpkt.tcp" not in loaded


def test_the_package_has_its_names() -> None:
    assert unwire.dpkt is ours
    assert set(ours.MODULES) | set(ours.NAMES) <= set(dir(ours))
    assert ours.__version__ == dpkt.__version__
    with pytest.raises(AttributeError, match=r"unwire\.dpkt.*no_such"):
        _ = ours.no_such


octets = st.binary(max_size=80)


@given(octets, st.integers(1, 40))
def test_hexdump(buffer: bytes, length: int) -> None:
    assert ours.hexdump(buffer, length) == dpkt.hexdump(buffer, length)


@given(octets, st.integers(0, 0xFFFFFF))
def test_internet_checksum(buffer: bytes, start: int) -> None:
    assert ours.in_cksum(buffer) == dpkt.in_cksum(buffer)
    assert ours.in_cksum_done(ours.in_cksum_add(start, buffer)) == dpkt.in_cksum_done(dpkt.in_cksum_add(start, buffer))


@given(octets, octets)
def test_crc32c(one: bytes, two: bytes) -> None:
    assert ours.crc32c.cksum(one) == dpkt.crc32c.cksum(one)
    assert ours.crc32c.done(ours.crc32c.add(ours.crc32c.add(7, one), two)) == dpkt.crc32c.done(dpkt.crc32c.add(dpkt.crc32c.add(7, one), two))


@given(octets)
def test_options_of_tcp(buffer: bytes) -> None:
    assert ours.tcp.parse_opts(buffer) == dpkt.tcp.parse_opts(buffer)


def test_small_helpers() -> None:
    for flags in range(512):
        assert ours.tcp.tcp_flags_to_str(flags) == dpkt.tcp.tcp_flags_to_str(flags)
    for number in range(300):
        assert ours.ip.get_ip_proto_name(number) == dpkt.ip.get_ip_proto_name(number)
    for number in (0, 1, 0x1234, 0xFFFF):
        assert ours.compat.ntole(number) == dpkt.compat.ntole(number)
        assert ours.compat.ntole64(number) == dpkt.compat.ntole64(number)
    for address in (b"\x91\xfe\xa0\xed", bytes(15) + b"\x01"):
        assert ours.utils.inet_to_str(address) == dpkt.utils.inet_to_str(address)
    with pytest.raises(ValueError, match="invalid length of packed IP address string"):
        ours.utils.inet_to_str(b"12345")
    assert ours.utils.mac_to_str(bytes(range(8))) == dpkt.utils.mac_to_str(bytes(range(8)))
    assert list(ours.compat.iteritems({1: 2})) == [(1, 2)]
    assert (ours.compat.isstr("a"), ours.compat.isstr(b"a"), ours.compat.compat_ord(7)) == (True, False, 7)
    with pytest.warns(DeprecationWarning, match="gone"):
        ours.utils.deprecation_warning("gone", DeprecationWarning)


def test_make_dict() -> None:
    class Inner:
        deep = 1

    class Outer:
        number, text, inner = 1, b"x", Inner()
        many = (Inner(),)

        def method(self) -> None: ...

    outer = Outer()
    outer.several = [Inner(), 2]  # type: ignore[attr-defined]
    assert ours.utils.make_dict(outer) == dpkt.utils.make_dict(outer)


@pytest.mark.filterwarnings("ignore:IP.off is deprecated")
def test_make_dict_of_a_packet() -> None:
    frame = bytes.fromhex("020000000002020000000001080045000020000040004011b6cac0000201c0000202 c0010035000cf6dc01020304")
    mine, theirs = (module.utils.make_dict(module.ethernet.Ethernet(frame)) for module in (ours, dpkt))
    assert mine["data"] == mine["ip"]
    for found, expected in ((mine, theirs), (mine["ip"], theirs["ip"]), (mine["ip"]["udp"], theirs["ip"]["udp"])):
        plain = {name: value for name, value in expected.items() if not name.startswith("_") and not isinstance(value, dict)}
        assert plain.items() <= found.items()
        assert not any(type(value) is not bytes for value in found.values() if isinstance(value, bytes))


@pytest.mark.parametrize("name", ours.MODULES)
def test_functions_take_the_same_arguments(name: str) -> None:
    theirs, mine = pair(name)
    for function, value in vars(theirs).items():
        if (
            inspect.isfunction(value)
            and value.__module__ == theirs.__name__
            and not function.startswith(("_", "test"))
            and function not in TEST_HELPERS
        ):
            mine_, theirs_ = inspect.signature(getattr(mine, function)).parameters, inspect.signature(value).parameters
            if "args" not in theirs_:
                assert list(mine_) == list(theirs_), f"{name}.{function}"
