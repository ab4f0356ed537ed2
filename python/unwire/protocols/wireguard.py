"""WireGuard (https://www.wireguard.com/protocol/): handshakes and transport data, on any port; its integers are little-endian."""

from unwire.declare import Packet, field, raw, stop, u8, u24, u32, u64, when


class WireGuard(
    Packet,
    name="wg",
    # It has no port of its own: one of those that any datagram may be.
    over={"udp": 0},
    # Handshakes and cookies have one size each; data is at least a header and an authentication tag.
    when="peek(4) == 0x01000000 and size == 148 or peek(4) == 0x02000000 and size == 92 or peek(4) == 0x03000000 and size == 64"
    " or peek(4) == 0x04000000 and size >= 32",
    order="little",
    next=stop("encrypted"),
):
    """WireGuard Protocol"""

    type: u8 = field(4, "wg.type", must="type <= 4")
    reserved: u24 = field(0, order="big", must="reserved == 0")
    sender: u32 = when("type < 3", field(0, "wg.sender", base="hex"))
    receiver: u32 = when("type > 1", field(0, "wg.receiver", base="hex"))
    ephemeral: bytes = when("type < 3", raw("32"))
    static: bytes = when("type == 1", raw("48"))
    timestamp: bytes = when("type == 1", raw("28"))
    empty: bytes = when("type == 2", raw("16"))
    mac1: bytes = when("type < 3", raw("16", bytes(16), "wg.mac1"))
    mac2: bytes = when("type < 3", raw("16", bytes(16), "wg.mac2"))
    nonce: bytes = when("type == 3", raw("24", bytes(24), "wg.nonce"))
    cookie: bytes = when("type == 3", raw("32", bytes(32), "wg.encrypted_cookie"))
    counter: u64 = when("type == 4", field(0, "wg.counter"))
