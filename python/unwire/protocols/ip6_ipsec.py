"""IPsec's headers as IPv6's extension headers (RFC 4302, RFC 4303): what ah.py and esp.py have, under the names that dpkt gives them here."""

from typing import ClassVar

from unwire.declare import field, length, payload, raw, reading, stop, u8, u16, u32
from unwire.protocols.ip6 import IP6ExtensionHeader


class IP6AHHeader(IP6ExtensionHeader, name="ah", over={"ipv6.nxt": 51}, when="len", fold="IP6.all_extension_headers"):
    """Authentication Header"""

    __shown__: ClassVar[tuple[str, ...]] = ("length", "auth_data")
    __hidden__: ClassVar[tuple[str, ...]] = ("auth_data",)

    nxt: u8 = field(0, "ah.next_header")
    # RFC 4302 section 2.2: units of four octets, two of them not counted.
    len: u8 = length(0, "ah.length", of="header", value="size // 4 - 2")
    _resv: u16 = field(0)
    spi: u32 = field(0, "ah.spi", base="hex")
    seq: u32 = field(0, "ah.sequence")
    auth_data: bytes = raw("max(4 * len - 4, 0)", b"", "ah.icv")
    reserved: bytes = reading("_resv", raw("rest"), "ah.reserved")

    @property
    def length(self) -> int:
        """Return the header's size in octets."""
        return 4 * self.len + 8


class IP6ESPHeader(
    IP6ExtensionHeader,
    name="esp",
    over={"ipv6.nxt": 50},
    next=stop("encrypted"),
    fold="IP6.all_extension_headers",
    fresh=True,
    info="ESP (SPI={spi})",
):
    """Encapsulating Security Payload"""

    __shown__: ClassVar[tuple[str, ...]] = ("length",)
    __keeps_data__: ClassVar[bool] = True

    spi: u32 = field(0, "esp.spi", base="hex")
    seq: u32 = field(0, "esp.sequence")
    data: bytes = payload("left")

    @property
    def length(self) -> int:
        """Return the size in octets of the header and all that it hides."""
        return 8 + len(self.data)
