"""Transmission Control Protocol (RFC 9293), its header. Options live in tcp_options.py."""

from collections.abc import Callable
from typing import Any, ClassVar

from unwire.declare import Packet, bits, by, checksum, column, field, raw, reading, repeat, u8, u16, u32
from unwire.protocols.tcp_options import TCPOption

_FLAGS = ("FIN", "SYN", "RST", "PUSH", "ACK", "URG", "ECE", "CWR", "NS")


def tcp_flags_to_str(val: int) -> str:
    """Return the names of the flags set, lowest first, as in ``SYN,ACK``."""
    return ",".join(name for place, name in enumerate(_FLAGS) if val >> place & 1)


class TCP(Packet, over={"ip.proto": 6}, next=by(("dport", "sport"), "tcp.port"), info="{sport} → {dport} Seq={seq} Ack={ack} Win={win} Len={len}"):
    """Transmission Control Protocol"""

    __pprint_funcs__: ClassVar[dict[str, Callable[[Any], object]]] = {"flags": tcp_flags_to_str, "sum": hex}

    sport: u16 = field(0xDEAD, "tcp.srcport", also="tcp.port")
    dport: u16 = field(0, "tcp.dstport", also="tcp.port")
    seq: u32 = field(0xDEADBEEF, "tcp.seq_raw")
    ack: u32 = field(0, "tcp.ack_raw")
    _off_flags: u16 = field(0x5002)
    off: int = bits(4, 5, of="header", value="size // 4", expect="off >= 5")
    # RFC 9293 reserves four bits; the lowest was NS (RFC 3540) and is AE (RFC 9768), and counts as a flag.
    _rsv: int = bits(3, 0)
    flags: u16 = bits(9, 2)
    win: u16 = field(65535, "tcp.window_size_value")
    sum: u16 = checksum(0, "tcp.checksum", how="inet", pseudo=True, base="hex")
    urp: u16 = field(0, "tcp.urgent_pointer")
    opts: bytes = raw("4 * off - 20", b"", "tcp.options")
    # RFC 9293 section 3.1: zeros pad what follows the end of the list; anything else there is no option.
    options: list[TCPOption] = reading("opts", repeat(TCPOption, until="item.kind == 0 and not zeros(1)"))
    hdr_len: u8 = column("4 * off", "tcp.hdr_len")
    len: u32 = column("size - 4 * off", "tcp.len")
    # Wireshark shows all twelve bits beside the offset as flags.
    all_flags: u16 = column("_rsv << 9 | flags", "tcp.flags", base="hex")
    res: bool = column("_rsv != 0", "tcp.flags.res")
    ae: bool = column("flags >> 8 & 1", "tcp.flags.ae")
    cwr: bool = column("flags >> 7 & 1", "tcp.flags.cwr")
    ece: bool = column("flags >> 6 & 1", "tcp.flags.ece")
    urg: bool = column("flags >> 5 & 1", "tcp.flags.urg")
    ack_flag: bool = column("flags >> 4 & 1", "tcp.flags.ack")
    psh: bool = column("flags >> 3 & 1", "tcp.flags.push")
    rst: bool = column("flags >> 2 & 1", "tcp.flags.reset")
    syn: bool = column("flags >> 1 & 1", "tcp.flags.syn")
    fin: bool = column("flags & 1", "tcp.flags.fin")
