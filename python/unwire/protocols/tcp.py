"""Transmission Control Protocol (RFC 9293), its header. Options live in tcp_options.py."""

from unwire.declare import Packet, bits, by, checksum, column, field, raw, u8, u16, u32


class TCP(Packet, over={"ip.proto": 6}, next=by(("dport", "sport"), "tcp.port")):
    """Transmission Control Protocol"""

    sport: u16 = field(0xDEAD, "tcp.srcport", also="tcp.port")
    dport: u16 = field(0, "tcp.dstport", also="tcp.port")
    seq: u32 = field(0xDEADBEEF, "tcp.seq_raw")
    ack: u32 = field(0, "tcp.ack_raw")
    _off_flags: u16 = field(0x5000)
    off: int = bits(4, 5, expect="off >= 5")
    flags: int = bits(12, 2, "tcp.flags", base="hex")
    win: u16 = field(65535, "tcp.window_size_value")
    sum: u16 = checksum(0, "tcp.checksum", how="inet", pseudo=True, base="hex")
    urp: u16 = field(0, "tcp.urgent_pointer")
    opts: bytes = raw("4 * off - 20", b"", "tcp.options")
    hdr_len: u8 = column("4 * off", "tcp.hdr_len")
    len: u32 = column("size - 4 * off", "tcp.len")
