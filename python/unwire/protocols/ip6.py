"""Internet Protocol version 6 (RFC 8200), its fixed header. Extension headers have files of their own."""

from typing import Any, ClassVar

from unwire.declare import Ip6, Packet, bits, by, field, length, u8, u16, u24, u32


class IP6(
    Packet,
    name="ipv6",
    over={"ethertype": 0x86DD, "ip.proto": 41, "ip.version": 6, "link": 229},
    next=(by("nxt", "ipv6.nxt"), by("nxt", "ip.proto")),
    size="40 + plen if plen else left",
    pseudo=("src", "dst"),
    pseudo_zero="illegal",
    folds=("all_extension_headers",),
):
    """Internet Protocol Version 6"""

    __shown__: ClassVar[tuple[str, ...]] = ("extension_hdrs", "all_extension_headers", "p")

    _v_fc_flow: u32 = field(0x60000000)
    v: int = bits(4, 6, "ip.version")
    fc: u32 = bits(8, 0, "ipv6.tclass", base="hex")
    flow: u24 = bits(20, 0, "ipv6.flow", base="hex")
    plen: u16 = length(0, "ipv6.plen", of="layer", value="size - 40")
    nxt: u8 = field(0, "ipv6.nxt")
    hlim: u8 = field(0, "ipv6.hlim")
    src: Ip6 = field(b"", "ipv6.src", also="ipv6.addr")
    dst: Ip6 = field(b"", "ipv6.dst", also="ipv6.addr")

    @property
    def extension_hdrs(self) -> dict[int, Any]:
        """Extension headers by the number that announced them; of several with one number the last."""
        numbers: list[Any] = [self.nxt, *(getattr(header, "nxt", None) for header in self.all_extension_headers)]
        return dict(zip(numbers, self.all_extension_headers, strict=False))

    @extension_hdrs.setter
    def extension_hdrs(self, headers: dict[int, Any]) -> None:
        self.all_extension_headers = list(headers.values())

    @property
    def p(self) -> int:
        """The protocol behind the extension headers."""
        return int(self.all_extension_headers[-1].nxt if self.all_extension_headers else self.nxt)


class IP6ExtensionHeader(Packet, name=None, next=(by("nxt", "ipv6.nxt"), by("nxt", "ip.proto"))):
    """What stands between the fixed header and the payload"""

    nxt: u8 = field(0)
