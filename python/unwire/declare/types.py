"""The wire types that an annotation can name: integers and addresses. A type checker sees `int`, `bytes` or `str`; the second half of each
alias says how it lies on the wire. Nothing here reads a byte.

An address is taken as any bytes and given as bytes that know their text, which only a descriptor can tell a type checker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin


@dataclass(frozen=True)
class Wire:
    """How a fixed-size value lies on the wire: the schema's `t`, its size in bytes and, where it is not the class's, its byte order."""

    t: str
    n: int
    order: str | None = None


u8 = Annotated[int, Wire("uint", 1)]
u16 = Annotated[int, Wire("uint", 2)]
u24 = Annotated[int, Wire("uint", 3)]
u32 = Annotated[int, Wire("uint", 4)]
u40 = Annotated[int, Wire("uint", 5)]
u48 = Annotated[int, Wire("uint", 6)]
u56 = Annotated[int, Wire("uint", 7)]
u64 = Annotated[int, Wire("uint", 8)]
u32_little = Annotated[int, Wire("uint", 4, "little")]
i8 = Annotated[int, Wire("int", 1)]
i16 = Annotated[int, Wire("int", 2)]
i32 = Annotated[int, Wire("int", 4)]
i64 = Annotated[int, Wire("int", 8)]
#: One bit: a number in Python, as dpkt has it, a boolean as a column.
flag = Annotated[int, Wire("bool", 0)]

if TYPE_CHECKING:
    from unwire.addresses import Ip4Address, Ip6Address, MacAddress

    class Mac(MacAddress):
        """A hardware address: given as `MacAddress`, taken as bytes."""

        def __get__(self, instance: object, owner: type) -> MacAddress: ...
        def __set__(self, instance: object, value: bytes) -> None: ...

    class Ip4(Ip4Address):
        """An IPv4 address: given as `Ip4Address`, taken as bytes."""

        def __get__(self, instance: object, owner: type) -> Ip4Address: ...
        def __set__(self, instance: object, value: bytes) -> None: ...

    class Ip6(Ip6Address):
        """An IPv6 address: given as `Ip6Address`, taken as bytes."""

        def __get__(self, instance: object, owner: type) -> Ip6Address: ...
        def __set__(self, instance: object, value: bytes) -> None: ...

else:
    Mac = Annotated[bytes, Wire("mac", 6)]
    Ip4 = Annotated[bytes, Wire("ip4", 4)]
    Ip6 = Annotated[bytes, Wire("ip6", 16)]


def wire(annotation: Any) -> Wire | None:
    """Return the wire type that an annotation names, or None for a plain `int`, `bytes` …"""
    if get_origin(annotation) is Union:
        # `u16 | None`: a field that may be absent.
        found = [wire(one) for one in get_args(annotation) if one is not type(None)]
        return found[0] if len(found) == 1 else None
    if get_origin(annotation) is Annotated:
        for extra in get_args(annotation)[1:]:
            # `Annotated[Kind, u8]`: shown as the one, on the wire the other.
            found = [extra] if isinstance(extra, Wire) else [wire(extra)]
            if found[0] is not None:
                return found[0]
    return None
