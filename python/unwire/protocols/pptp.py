"""Point-to-Point Tunneling Protocol (RFC 2637): the header of its control messages."""

from unwire.declare import Packet, field, raw, u16, u32


class PPTP(Packet, over={"tcp.port": 1723}):
    """Point-to-Point Tunnelling Protocol"""

    len: u16 = field(16, "pptp.length")
    message: u16 = field(1, "pptp.type")
    cookie: u32 = field(0x1A2B3C4D, "pptp.magic_cookie", base="hex", must="cookie == 0x1A2B3C4D")
    type: u16 = field(1, "pptp.control_message_type")
    reserved: u16 = field(0)
    data: bytes = raw("rest", b"")
