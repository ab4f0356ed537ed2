"""Names of dpkt 1.7 that dpkt has since dropped, and what they are now: one table for modules, one for attributes of classes."""

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
