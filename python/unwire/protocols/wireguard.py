"""WireGuard (https://www.wireguard.com/protocol/): handshakes and transport data, on any port; all integers are little-endian."""

from unwire.declare import Packet, bits, field, raw, stop, u8, u24, u32, u64


class WireGuard(
    Packet,
    name="wg",
    # It has no port of its own: a guess among those that UDP may be asked for.
    over={"udp": 0},
    when="peek(4) == 0x01000000 and size == 148 or peek(4) == 0x02000000 and size == 92 or peek(4) == 0x03000000 and size == 64"
    " or peek(4) == 0x04000000 and size >= 32",
    order="little",
    next=stop("encrypted"),
):
    """WireGuard"""

    type: u8 = field(4, "wg.type")
    reserved: u24 = field(0)
