"""Bidirectional Forwarding Detection (RFC 5880): control packets over UDP (RFC 5881, RFC 5883)."""

from unwire.declare import Packet, Part, bits, field, length, raw, u8, u32, when


class BFDAuthentication(Part, size="len"):
    """The authentication section (RFC 5880, 4.2)"""

    type: u8 = field(1, "bfd.auth.type")
    len: u8 = length(4, "bfd.auth.len", of="part")
    data: bytes = raw("len - 2", b"")


class BFD(Packet, over={"udp.port": (3784, 4784, 6784, 7784)}):
    """BFD Control message"""

    _v_diag: u8 = field(0x20)
    v: u8 = bits(3, 1, "bfd.version")
    diag: u8 = bits(5, 0, "bfd.diag", base="hex")
    _state_flags: u8 = field(0x40)
    state: u8 = bits(2, 1, "bfd.sta", base="hex")
    p: bool = bits(1, 0, "bfd.flags.p")
    f: bool = bits(1, 0, "bfd.flags.f")
    c: bool = bits(1, 0, "bfd.flags.c")
    a: bool = bits(1, 0, "bfd.flags.a")
    d: bool = bits(1, 0, "bfd.flags.d")
    m: bool = bits(1, 0, "bfd.flags.m")
    multiplier: u8 = field(3, "bfd.detect_time_multiplier")
    len: u8 = length(24, "bfd.message_length", of="layer")
    mine: u32 = field(1, "bfd.my_discriminator", base="hex")
    yours: u32 = field(0, "bfd.your_discriminator", base="hex")
    tx: u32 = field(1000000, "bfd.desired_min_tx_interval")
    rx: u32 = field(1000000, "bfd.required_min_rx_interval")
    echo: u32 = field(0, "bfd.required_min_echo_interval")
    auth: BFDAuthentication = when("a and left", BFDAuthentication)
