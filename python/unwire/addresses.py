"""Addresses as packets give them: bytes, as in dpkt, that know their text. Nothing here knows a protocol."""

from __future__ import annotations

import ipaddress


class Address(bytes):
    """The bytes of an address; they compare and hash as bytes, and `str()` is the text."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The address as text."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return format(self.text, spec)


class MacAddress(Address):
    """A hardware address: six bytes."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """``02:00:00:00:00:01``."""
        return self.hex(":")


class Ip4Address(Address):
    """An IPv4 address: four bytes."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """``192.0.2.1``."""
        return ".".join(map(str, self))


class Ip6Address(Address):
    """An IPv6 address: sixteen bytes."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """``2001:db8::1`` (RFC 5952)."""
        return str(ipaddress.IPv6Address(bytes(self))) if len(self) == 16 else self.hex(":")
