"""UDP encapsulation of IPsec packets (RFC 3948): ESP, IKE behind four zero bytes, or a keepalive of one byte."""

from unwire.declare import Packet, by, field, u8, u32, when


class UDPEncap(
    Packet,
    name="udpencap",
    over={"udp.port": 4500},
    # An SPI of 0 does not exist (RFC 3948, 2.2), so four zero bytes mark what is not ESP.
    next=(by(500, "udp.port", when="left < size"), by(50, "ip.proto", when="left == size")),
):
    """UDP Encapsulation of IPsec Packets"""

    keepalive: u8 = when("size == 1 and peek(1) == 0xFF", field(0xFF))
    marker: u32 = when("left >= 4 and peek(4) == 0", field(0))
