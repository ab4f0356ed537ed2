"""Internet Protocol version 6 (RFC 8200), its fixed header. Extension headers have files of their own."""

import ipaddress
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from unwire.declare import Ip6, Numbers, Packet, bits, by, derived, field, length, u8, u16, u24, u32
from unwire.protocols.ip import PROTOCOLS


def _text(address: bytes) -> str:
    return str(ipaddress.IPv6Address(bytes(address))) if len(address) == 16 else ""


class IP6(
    Packet,
    name="ipv6",
    over={"ethertype": 0x86DD, "ip.proto": 41, "ip.version": 6, "link": 229, "ppp.protocol": 0x0057},
    next=(by("nxt", "ipv6.nxt"), by("nxt", "ip.proto")),
    size="40 + plen if plen else left",
    pseudo=("src", "dst"),
    pseudo_zero="illegal",
    flow={"protocol": "nxt"},
    folds=("all_extension_headers",),
    aliases={
        "version": "ip.version", "total_size": "ipv6.plen", "protocol": "ipv6.nxt", "src": "ipv6.src", "dst": "ipv6.dst",
        "traffic_class": "ipv6.tclass", "flow_label": "ipv6.flow", "hop_limit": "ipv6.hlim", "data": "ipv6:",
    },
):  # fmt: skip
    """Internet Protocol Version 6"""

    _protosw: ClassVar[Numbers] = Numbers("ip.proto")
    __pprint_funcs__: ClassVar[dict[str, Callable[[Any], object]]] = {"src": _text, "dst": _text}
    __shown__: ClassVar[tuple[str, ...]] = ("extension_hdrs", "all_extension_headers", "p")

    _v_fc_flow: u32 = field(0x60000000)
    v: int = bits(4, 6, "ip.version")
    fc: u32 = bits(8, 0, "ipv6.tclass", base="hex")
    flow: u24 = bits(20, 0, "ipv6.flow", base="hex")
    plen: u16 = length(0, "ipv6.plen", of="layer", value="size - 40")
    nxt: u8 = field(0, "ipv6.nxt", names=PROTOCOLS)
    hlim: u8 = field(0, "ipv6.hlim")
    src: Ip6 = field(b"", "ipv6.src", also="ipv6.addr")
    dst: Ip6 = field(b"", "ipv6.dst", also="ipv6.addr")

    @partial(derived, kept=True)
    def extension_hdrs(self) -> dict[int, Any]:
        """Extension headers by the number that announced them; of several with one number the last."""
        # The same objects as in the list: one may be changed through either.
        headers: list[Any] = self.all_extension_headers if self._folded("all_extension_headers") else []
        numbers: list[Any] = [self.nxt, *(getattr(header, "nxt", None) for header in headers)]
        return dict(zip(numbers, headers, strict=False))

    @partial(derived, field="nxt")
    def p(self) -> int:
        """The protocol behind the extension headers; absent where they hide it."""
        headers = self._headers()
        return int(headers[-1].nxt if headers else self.nxt)

    def headers_str(self) -> tuple[int, bytes]:
        """Return the protocol behind the extension headers, and the bytes of all of them."""
        headers = self._headers()
        return (headers[-1].nxt if headers else self.nxt), b"".join(map(bytes, headers))

    @classmethod
    def set_proto(cls, p: int, pktclass: type) -> None:
        """Let a class answer to a protocol number, for packets read from now on."""
        cls._protosw[p] = pktclass

    @classmethod
    def get_proto(cls, p: int) -> Any:
        """The class that answers to a protocol number."""
        return cls._protosw[p]

    def _headers(self) -> list[Any]:
        # The list has the order that was read; what stands only in the dictionary goes in the order of RFC 8200 section 4.1.
        headers = self._folded("all_extension_headers")
        beside = self.__dict__.get("extension_hdrs", {})
        return headers or [beside[number] for number in (0, 43, 44, 51, 50, 60) if number in beside]

    def _settle(self) -> tuple[list[list[Any]], dict[str, int] | None]:
        self.__dict__.pop("p", None)
        return [self._headers()], None


class IP6ExtensionHeader(Packet, name=None, next=(by("nxt", "ipv6.nxt"), by("nxt", "ip.proto")), flow={"protocol": "nxt"}):
    """What stands between the fixed header and the payload"""

    nxt: u8 = field(0)
