"""Names of dpkt 1.7: the lists of the document that describes it, read from there, and what the aliases do."""

from __future__ import annotations

import pkgutil
import re
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import ROOT
from unwire import dpkt
from unwire.dpkt import _old_names

SEEDS = ROOT.parent / "shared" / "seeds"

#: Modules that the document lists and that are not here yet: applications and files.
OTHERS = {
    "aim", "asn1", "bgp", "dhcp", "diameter", "dns", "gzip", "h225", "http", "mrt", "netbios", "netflow", "ntp", "pcap", "pmap", "qq", "radius",
    "rfb", "rpc", "rtp", "rx", "sccp", "sip", "smb", "ssl", "stun", "telnet", "tftp", "tns", "tpkt", "yahoo",
}  # fmt: skip
#: What every packet has; the names a packet gets only by being read, and those of its number space, are tested with the objects.
OF_PACKETS = {"data", "pack", "pack_hdr", "unpack", "get_proto", "set_proto", "get_type", "set_type", "_protosw", "ip", "tcp", "icmp6"}


def document() -> str:
    """Return the document of dpkt 1.7."""
    for path in sorted(SEEDS.glob("000_*.txt")) if SEEDS.is_dir() else []:
        return path.read_text(encoding="utf-8")
    pytest.skip("the document of dpkt 1.7 is not beside the checkout")


def names(text: str) -> list[str]:
    """Return the quoted names of a list."""
    return [name for name in re.findall(r"'(\w+)'", text) if not name.startswith("__")]


def listed(pattern: str) -> list[str]:
    """Return the names of the list that the pattern finds in the document."""
    match = re.search(pattern, document())
    assert match is not None, pattern
    return names(match[1])


@pytest.mark.parametrize(
    ("holder", "pattern"),
    [
        (dpkt, r">>> dir\(dpkt\)\n\[(.*)\]"),
        (dpkt.dpkt, r"\[('Error', 'NeedData', 'PackError', 'Packet', 'UnpackError', '_MetaPacket'.*)\]"),
        (dpkt.ethernet, r"('ETH_CRC_LEN', .*'struct')"),
    ],
)
def test_modules_have_the_names_listed(holder: Any, pattern: str) -> None:
    # A metaclass is how dpkt is made, not what it offers.
    wanted = [name for name in listed(pattern) if name not in OTHERS | {"_MetaPacket"}]
    assert len(wanted) > 10
    assert not [name for name in wanted if not hasattr(holder, name)]


@pytest.mark.parametrize(
    ("cls", "pattern"),
    [
        (dpkt.ip.IP, r"('data', 'dst', 'get_proto', 'hl', .*'v_hl')"),
        (dpkt.ip6.IP6, r">>> dir\(dpkt\.ip6\.IP6\)\n\[(.*)\]"),
        (dpkt.ethernet.Ethernet, r"dpkt\.ethernet\.Ethernet has attributes (.*)\]"),
    ],
)
def test_classes_have_the_attributes_listed(cls: type, pattern: str) -> None:
    wanted = [name for name in listed(pattern) if name not in OF_PACKETS]
    assert len(wanted) > 2
    fields = {field["name"] for field in cls.__layer__["fields"]}  # type: ignore[attr-defined]
    assert not [name for name in wanted if name not in fields and not hasattr(cls, name)]


def test_classes_that_inherit_from_packet() -> None:
    """The document names every class that derives from Packet; those of the modules here are there."""
    text = re.search(r"I found these with the command (.*)", document())
    assert text is not None
    wanted = set(re.findall(r"(\w+)\(dpkt\.Packet\)", text[1]))
    here = {name for module in dpkt.MODULES for name in vars(getattr(dpkt, module))}
    here |= {name for cls in (dpkt.icmp.ICMP, dpkt.icmp6.ICMP6, dpkt.cdp.CDP, dpkt.gre.GRE) for name in vars(cls)}
    modules = {
        "AH",
        "ARP",
        "CDP",
        "Address",
        "TLV",
        "DTP",
        "ESP",
        "Ethernet",
        "GRE",
        "SRE",
        "HSRP",
        "ICMP6",
        "Error",
        "Echo",
        "ICMP",
        "Quote",
        "IGMP",
    }
    modules |= {"IP6", "IP", "IPX", "Loopback", "OSPF", "PIM", "PPPoE", "PPP", "RIP", "RTE", "Auth"}
    assert modules <= wanted
    assert modules <= here


def test_tcp_has_the_attributes_described() -> None:
    wanted = re.findall(r"^ +\d+\. dpkt\.tcp\.(\w+)", document(), re.MULTILINE)
    fields = {field["name"] for field in dpkt.tcp.TCP.__layer__["fields"]}
    assert {"ack", "flags", "off_x2", "opts", "urp"} <= set(wanted)
    assert not [name for name in wanted if name not in fields | OF_PACKETS | {"parse_opts"} and not hasattr(dpkt.tcp.TCP, name)]


def test_modules_that_were_attributes() -> None:
    import array
    import struct

    assert dpkt.array is array
    assert dpkt.ethernet.struct is struct
    assert dpkt.ethernet.stp is dpkt.stp
    with pytest.raises(AttributeError, match=r"unwire\.dpkt\.ethernet.*nothing"):
        _ = dpkt.ethernet.nothing


def test_aliases_read_and_write_what_they_stand_for() -> None:
    def alias(module: str, name: str, old: str) -> Any:
        return _old_names.CLASSES[module, name][old]

    packet = SimpleNamespace(_v_hl=0x45, v=6, fc=1, flow=2, _v_fc_flow=0x60100002, _off_flags=0x5012)
    assert alias("ip", "IP", "v_hl").fget(packet) == 0x45
    alias("ip", "IP", "v_hl").fset(packet, 0x46)
    alias("ip6", "IP6", "_set_flow")(packet, 7)
    assert (packet._v_hl, packet.flow, alias("ip6", "IP6", "_get_v")(packet)) == (0x46, 7, 6)
    assert alias("ip6", "IP6", "v_fc_flow").fget(packet) == 0x60100002
    assert alias("tcp", "TCP", "off_x2").fget(packet) == 0x50
    alias("tcp", "TCP", "off_x2").fset(packet, 0x80)
    assert packet._off_flags == 0x8012


def test_a_module_that_is_not_here_says_so() -> None:
    """By each way in which it may be asked for; a name that dpkt has not either is no news."""
    said = "unwire has no dpkt.dhcp so far"
    for statement in ("import unwire.dpkt.dhcp", "from unwire.dpkt import dhcp"):
        with pytest.raises(ModuleNotFoundError, match=said):
            exec(statement)
    with pytest.raises(AttributeError, match=said):
        dpkt.dhcp  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(dpkt, "dhcp")
    with pytest.raises(ModuleNotFoundError, match=r"in unwire\.protocols\.radiotap"):
        exec("import unwire.dpkt.radiotap")
    with pytest.raises(ModuleNotFoundError, match="No module named"):
        exec("import unwire.dpkt.nothing")
    theirs = pytest.importorskip("dpkt")
    modules = {one.name for one in pkgutil.iter_modules(theirs.__path__)}
    assert modules - set(dpkt.MODULES) == _old_names.LACKING
