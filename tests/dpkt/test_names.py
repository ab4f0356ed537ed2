"""Every name of dpkt's modules and classes, and what a class says of its header: there, and with dpkt's values.

Constants and functions by what they are and return live in test_modules.py, the fields of headers one by one in test_inventory.py. Here is what
is left: names that a module has only because it imports them, methods and properties, and what `__hdr__` is made into.
"""

from __future__ import annotations
import __future__

import importlib
import inspect
import json
from typing import Any

import pytest
from test_inventory import CLASSES, our_class
from test_modules import TEST_HELPERS, pair

from conftest import ROOT
from unwire import dpkt as ours

dpkt = pytest.importorskip("dpkt")
INVENTORY = ROOT.parent / "shared" / "reference" / "dpkt_inventory.json"

#: Names that are not here, and why.
ABSENT = {
    "utils.DNS": "dpkt imports it for a test of its own",
    "Packet._create_public_fields": "how dpkt's class works inside",
    "Ethernet._unpack_data": "how dpkt's class works inside",
}
#: What a class says of its header otherwise than dpkt's, and why.
OTHERWISE = {
    "CDP.TLV_Addresses": "L and I are the same number",
    "GRE.SRE": "a list in dpkt, as all others a tuple here",
    "IP6ExtensionHeader": "dpkt's has no header at all; here it is what all of them have, the number of the next",
    "IP6FragmentHeader": "dpkt gives the octet and the two bits one name, so that only the octet can be reached",
    "Loopback": "captures come from both kinds of machine; dpkt takes the reader's own and corrects what it knows",
    "Auth": "a default that can be packed; dpkt's is a number",
    "DNS": "counts on the wire, lists for who reads them",
    "DNS.Q": "a name has any length, so that nothing here is a fixed header",
    "DNS.RR": "as DNS.Q",
    "SSL2": "dpkt takes the mark of the short form out of the number when it reads, and sends it without",
    "TLS": "defaults that can be packed; dpkt's are text",
    "TLSClientHello": "as TLS",
    "TLSServerHello": "as TLS",
    "TLSHandshake": "as TLS",
    **dict.fromkeys(("http.Message", "http.Request", "http.Response"), "text, not a header of fields; its defaults are the class's"),
}
SAID = ("__hdr__", "__hdr_fields__", "__hdr_defaults__", "__hdr_fmt__", "__hdr_len__", "__byte_order__", "__bit_fields__", "__public_fields__")


@pytest.mark.parametrize("name", ours.MODULES)
def test_a_module_has_every_name_of_dpkt_s(name: str) -> None:
    """Those that it only imports, too: `dpkt.ip.inet_to_str` and `dpkt.ethernet.mac_to_str` are what programs use."""
    theirs, mine = pair(name)
    wanted = {
        one
        for one, value in vars(theirs).items()
        if not one.startswith(("_", "test", "Test")) and one not in TEST_HELPERS and not isinstance(value, __future__._Feature)
    }
    missing = {one for one in wanted if not hasattr(mine, one) and f"{name}.{one}" not in ABSENT}
    assert not missing
    for one in wanted:
        value = vars(theirs)[one]
        if inspect.ismodule(value):
            found = getattr(mine, one, None)
            assert found is None or found.__name__.rpartition(".")[2] == value.__name__.rpartition(".")[2], f"{name}.{one} is another module"


def test_classes_have_every_name_of_the_inventory() -> None:
    if not INVENTORY.exists():
        pytest.skip("the inventory of dpkt is not beside the checkout")
    inventory = json.loads(INVENTORY.read_text(encoding="utf-8"))
    missing, asked = set(), 0
    for module in ours.MODULES:
        for record in inventory[module]["classes"]:
            if record["name"].startswith("_"):
                continue
            found: Any = importlib.import_module(f"unwire.dpkt.{module}")
            for part in record["name"].split("."):
                found = getattr(found, part)
            for name in (name for kind in ("methods", "props", "attrs") for name in record.get(kind, ())):
                name = name.removesuffix(" (ro)")
                asked += 1
                # What begins with its class's own name is hidden from everybody else.
                hidden = name.startswith(f"_{record['name']}__") or f"{record['name']}.{name}" in ABSENT
                if not hidden and not hasattr(found, name):
                    missing.add(f"{module}.{record['name']}.{name}")
    assert asked > 200
    # An instance has these: properties of readers are set when a file is there, and what a class computes comes with what was read.
    assert {name for name in missing if not name.endswith((".fd", ".is_snap")) and not name.startswith("ssl")} == set()


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_a_class_says_of_its_header_what_dpkt_s_says(module: str, name: str) -> None:
    theirs: Any = dpkt
    for part in (module, *name.split(".")):
        theirs = getattr(theirs, part)
    mine: Any = our_class(module, name)
    if hasattr(theirs, "__hdr__"):
        dpkt.Packet.__repr__(theirs())  # makes dpkt's list of public fields
    differ = {
        said: (getattr(theirs, said, None), getattr(mine, said, None))
        for said in SAID
        # dpkt has no table of bits where there are none.
        if (getattr(theirs, said, None) or ()) != (getattr(mine, said, None) or ())
    }
    assert bool(differ) == (name in OTHERWISE or f"{module}.{name}" in OTHERWISE), differ


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_a_class_prints_what_dpkt_s_prints(module: str, name: str) -> None:
    theirs: Any = dpkt
    for part in (module, *name.split(".")):
        theirs = getattr(theirs, part)
    assert set(getattr(theirs, "__pprint_funcs__", ())) <= set(our_class(module, name).__pprint_funcs__)  # type: ignore[attr-defined]


def test_tables_of_numbers_go_both_ways() -> None:
    ethernet = ours.ethernet.Ethernet
    for number, theirs in dpkt.ethernet.Ethernet._typesw.items():
        assert ethernet._typesw[number].__name__ == theirs.__name__
        assert ethernet._typesw_rev[ethernet._typesw[number]] == ethernet.get_type_rev(ethernet._typesw[number])
    for one, other in ((dpkt.icmp.ICMP, ours.icmp.ICMP), (dpkt.icmp6.ICMP6, ours.icmp6.ICMP6)):
        for number, theirs in one._typesw.items():
            assert other._typesw[number].__name__ == theirs.__name__
    with pytest.raises(KeyError):
        ethernet._typesw_rev[int]
