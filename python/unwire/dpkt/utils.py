"""dpkt.utils: addresses as text, and packets as dictionaries."""

import socket
import warnings
from collections.abc import Iterable
from typing import Any

from unwire import declare
from unwire.dpkt.compat import compat_ord as compat_ord


def mac_to_str(address: Iterable[int]) -> str:
    """Return octets as text, as in ``01:02:03:04:05:06``; any number of them."""
    return ":".join(f"{octet:02x}" for octet in address)


def inet_to_str(inet: bytes) -> str:
    """Return an IPv4 or IPv6 address as text, by its length; ValueError if it is neither's."""
    family = socket.AF_INET if len(inet) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, inet)


def make_dict(obj: Any) -> Any:
    """Return the attributes of an object that is not Python's own as a dictionary, and theirs in turn; special names and methods left out."""
    if isinstance(obj, bytes):
        # Addresses are bytes that know their text.
        return bytes(obj)
    if isinstance(obj, declare.Numbers):
        return dict(obj)
    if is_builtin(obj):
        return obj
    found: dict[str, Any] = {}
    for name in _names(obj):
        if name.startswith("__"):
            continue
        # Fields that a packet does not have are no attributes of dpkt's.
        value = getattr(obj, name, None)
        if isinstance(obj, declare.Packet | declare.Part) and not (name in vars(obj) or is_builtin(value) or isinstance(value, _SHOWN)):
            continue
        if not callable(value) and not (value is None and isinstance(obj, declare.Packet | declare.Part)):
            found[name] = [make_dict(item) for item in value] if isinstance(value, list) else make_dict(value)
    return found


#: What dpkt's packets have, too, beside Python's own; other values are views of the same header.
_SHOWN = (declare.Packet, declare.Part, declare.Numbers, bytes)


def _names(obj: Any) -> list[str]:
    """The attributes of an object; of a packet what dpkt's have, too, without other readings of the same bytes and views of the whole."""
    if not isinstance(obj, declare.Packet | declare.Part):
        return dir(obj)
    beyond = {field["name"] for field in type(obj).__layer__["fields"] if field["type"]["t"] in ("column", "reading", "when")}
    alias = type(obj.data).__name__.lower()
    names = [name for name in dir(obj) if name == "data" or (name not in dir(declare.Packet) and name not in beyond)]
    return [*names, alias] if isinstance(obj.data, declare.Packet) and hasattr(obj, alias) else names


def is_builtin(obj: object) -> bool:
    """Return whether an object's class is Python's own."""
    return obj.__class__.__module__ in ("__builtin__", "builtins")


def deprecation_warning(message: str, category: type[Warning] | None = None) -> None:
    """Warn, in the name of the caller."""
    warnings.warn(message, category, stacklevel=2)
