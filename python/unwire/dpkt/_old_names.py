"""Names of dpkt 1.7 that dpkt has since dropped, and what they are now: one table for modules, one for attributes of classes; and dpkt's modules
that are not here, by name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def _alias(present: str) -> property:
    """Return an attribute that is another one."""
    return property(lambda packet: getattr(packet, present), lambda packet, value: setattr(packet, present, value))


def _getter(field: str) -> Callable[[Any], Any]:
    return lambda packet: getattr(packet, field)


def _setter(field: str) -> Callable[[Any, Any], None]:
    return lambda packet, value: setattr(packet, field, value)


def _offset(packet: Any) -> int:
    offset: int = packet._off_flags >> 8
    return offset


def _set_offset(packet: Any, value: int) -> None:
    packet._off_flags = value << 8 | packet._off_flags & 0xFF


#: Modules of dpkt's that are not here.
LACKING = frozenset({
    "aim", "asn1", "bgp", "dhcp", "diameter", "gzip", "h225", "http2", "ieee80211", "mrt", "netbios", "netflow", "ntp", "pmap", "qq", "radiotap",
    "radius", "rfb", "rpc", "rtp", "rx", "sccp", "sip", "smb", "stun", "telnet", "tftp", "tns", "tpkt", "yahoo",
})  # fmt: skip
#: Those of them whose packets are declared, without dpkt's names.
DECLARED = frozenset({"ieee80211", "radiotap", "rx"})

#: Module of dpkt ("" is the package) -> old name -> the module that it means.
MODULES: Mapping[str, Mapping[str, str]] = {
    "": {"array": "array", "itertools": "itertools", "socket": "socket", "sys": "sys"},
    "dpkt": {"array": "array", "itertools": "itertools", "socket": "socket"},
    "http": {"Reply": "unwire.protocols.http:Response"},
    "ethernet": {"stp": "unwire.dpkt.stp", "struct": "struct"},
}

#: Module and class of unwire.protocols -> old name -> the attribute that it is now.
CLASSES: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("dns", "DNS"): {
        **{f"get_{field}": _getter(field) for field in ("qr", "opcode", "rcode")},
        **{f"set_{field}": _setter(field) for field in ("qr", "opcode", "rcode")},
    },
    ("ip", "IP"): {"v_hl": _alias("_v_hl")},
    ("ip6", "IP6"): {
        "v_fc_flow": _alias("_v_fc_flow"),
        **{f"_get_{field}": _getter(field) for field in ("v", "fc", "flow")},
        **{f"_set_{field}": _setter(field) for field in ("v", "fc", "flow")},
    },
    # An octet then, the upper half of what is now one integer with the flags.
    ("tcp", "TCP"): {"off_x2": property(_offset, _set_offset)},
}


def find(module: str, name: str) -> Any:
    """Return what an old name of a module means; AttributeError if it never was one."""
    place = MODULES[module].get(name)
    if place is None and not module and name in LACKING:
        raise AttributeError(lacking(name))
    if place is None:
        raise AttributeError(f"module {'unwire.dpkt' + ('.' + module if module else '')!r} has no attribute {name!r}")
    module, _, attribute = place.partition(":")
    found: Any = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found


def enter() -> None:
    """Give the classes their old names."""
    for (module, name), attributes in CLASSES.items():
        cls = getattr(importlib.import_module(f"unwire.protocols.{module}"), name)
        for old, attribute in attributes.items():
            setattr(cls, old, attribute)


def lacking(module: str) -> str:
    """Return why a module of dpkt's is not here, and what one does without it."""
    if module in DECLARED:
        return f"unwire has no dpkt.{module}: its packets are in unwire.protocols.{module}, under names of their own"
    return f"unwire has no dpkt.{module} so far: declare what it reads (docs/protocols.md), or give these bytes to dpkt itself"


class Lacking:
    """Says of modules that dpkt has and that are not here why they cannot be imported; found last, so that whoever adds one is heard first."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse dpkt's modules by name; of all others nothing is known."""
        package, _, module = name.rpartition(".")
        if package == "unwire.dpkt" and module in LACKING:
            # The name is not given, because `from unwire.dpkt import …` would then say less.
            raise ModuleNotFoundError(lacking(module))
