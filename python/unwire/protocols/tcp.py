"""Transmission Control Protocol (RFC 9293), its header, and the header under PyPCAPKit's names. Options live in tcp_options.py."""

from collections.abc import Callable
from operator import index
from typing import Any, ClassVar, NamedTuple, Self

from unwire.declare import (
    Area,
    DeclarationError,
    Numbers,
    Options,
    Packet,
    bits,
    by,
    checksum,
    column,
    derived,
    field,
    raw,
    reading,
    register,
    repeat,
    u8,
    u16,
    u32,
)  # fmt: skip
from unwire.declare.registered import Classes
from unwire.protocols.numbers.tcp import Flags, Option, Port
from unwire.protocols.numbers.tcp_told import TOLD
from unwire.protocols.tcp_options import TCPOption

_FLAGS = ("FIN", "SYN", "RST", "PUSH", "ACK", "URG", "ECE", "CWR", "NS")


def tcp_flags_to_str(val: int) -> str:
    """Return the names of the flags set, lowest first, as in ``SYN,ACK``."""
    return ",".join(name for place, name in enumerate(_FLAGS) if val >> place & 1)


class TCP(
    Packet,
    over={"ip.proto": 6},
    next=by(("dport", "sport"), "tcp.port"),
    flow={"source": "sport", "target": "dport", "sequence": "seq", "acknowledged": "ack", "flags": "flags", "window": "win"},
    told=TOLD,
    info="{sport} → {dport} [{fin?FIN,syn?SYN,rst?RST,psh?PSH,ack_flag?ACK,urg?URG,ece?ECE,cwr?CWR,ae?AE,?<None>}] "
    "Seq={seq}{ack_flag? Ack=$ack} Win={win} Len={len}",
    aliases={
        "src_port": "tcp.srcport", "dst_port": "tcp.dstport", "seq": "tcp.seq", "seq_number": "tcp.seq_raw", "ack_number": "tcp.ack_raw",
        "hl": "tcp.hdr_len//4", "header_size": "tcp.hdr_len", "window_size": "tcp.window_size_value", "checksum": "tcp.checksum",
        "urgent_ptr": "tcp.urgent_pointer", "length": "tcp.len", "data": "tcp:", "options": "tcp.options", "options[].kind": "tcp.option_kind",
        "flags.rawflags": "tcp.flags", "flags.FIN": "tcp.flags.fin", "flags.SYN": "tcp.flags.syn", "flags.RST": "tcp.flags.reset",
        "flags.PSH": "tcp.flags.push", "flags.ACK": "tcp.flags.ack", "flags.URG": "tcp.flags.urg", "flags.ECE": "tcp.flags.ece",
        "flags.CWR": "tcp.flags.cwr", "flags.NS": "tcp.flags.ae",
    },
):  # fmt: skip
    """Transmission Control Protocol"""

    __pprint_funcs__: ClassVar[dict[str, Callable[[Any], object]]] = {"flags": tcp_flags_to_str, "sum": hex}
    #: PyPCAPKit's registries: protocols by port, classes by option kind and by Multipath TCP's subtype.
    __proto__: ClassVar[Numbers] = Numbers("tcp.port")
    __option__: ClassVar[Classes] = Classes(TCPOption)
    __mp_option__: ClassVar[Classes] = Classes(TCPOption, Option.Multipath_TCP, "subtype")

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
    # RFC 9293 section 3.1: zeros pad what follows the end of the list; anything else there is no option. There is room for 40 bytes.
    options: Options = reading("opts", repeat(TCPOption, until="item.kind == 0 and not zeros(1)"), shown=Area(family=TCPOption, most=40))
    hdr_len: u8 = column("4 * off", "tcp.hdr_len")
    len: u32 = column("size - 4 * off", "tcp.len")
    # Wireshark shows all twelve bits beside the offset as flags.
    all_flags: u16 = column("_rsv << 9 | flags", "tcp.flags", base="hex")
    flags_str: str = column("_rsv << 9 | flags", "tcp.flags.str", letters="RRRACEUAPRSF")
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

    @derived
    def info(self) -> "TCPInfo":
        """The header under PyPCAPKit's names."""
        return TCPInfo(self)

    @classmethod
    def make(
        cls, *, srcport: int = 0, dstport: int = 0, seq_no: int = 0, ack_no: int = 0, window: int = 65535, checksum: bytes | int = 0, urgent: int = 0,
        options: Any = None, payload: Any = b"", strict: bool = False, **flags: bool,
    ) -> Self:  # fmt: skip
        """Make a segment of PyPCAPKit's keywords; a flag has its name (``syn=True``), a checksum of 0 is computed in its packet.

        With `strict` an option that is not as its rule says is an error.
        """
        if unknown := [name for name in flags if name.upper() not in Flags.__members__]:
            raise TypeError(f"TCP.make has no {unknown[0]!r}; flags are {', '.join(name.lower() for name in Flags.__members__)}")
        bits = Flags(0)
        for name, on in flags.items():
            bits |= Flags[name.upper()] if on else Flags(0)
        number = checksum if isinstance(checksum, int) else int.from_bytes(checksum, "big")
        made = cls(sport=srcport, dport=dstport, seq=seq_no, ack=ack_no, flags=int(bits), win=window, sum=number, urp=urgent, data=payload)
        if options is not None:
            made.options = [_in_segment(one, bits) for one in options] if isinstance(options, list | tuple) else options
        return made._strictly_built() if strict else made

    def _strictly_built(self) -> Self:
        from unwire.declare.options import errors

        area = type(self).__conversions__["options"]
        # What was made is as its rules say if it is so when it is read again.
        for options in (self.options, type(self)(bytes(self)).options):
            area.check(options, errors().PackError)
        return self

    @classmethod
    def register_option(cls, code: int, given: Any) -> None:
        """Let a class answer to an option kind, or a pair (parser, constructor), which makes objects alone."""
        register(TCPOption, code, given)

    @classmethod
    def register_mp_option(cls, code: int, given: Any) -> None:
        """The same for a subtype of Multipath TCP; its class derives from `MPTCP`."""
        if not 0 <= index(code) < 16:
            raise DeclarationError(f"TCP: a subtype of Multipath TCP is 0 to 15, not {code}")
        register(TCPOption, Option.Multipath_TCP, given, when=f"subtype == {int(code)}")


def _in_segment(option: Any, flags: Flags) -> Any:
    """Which of its joins Multipath TCP means, the segment's flags say (RFC 8684 section 3.2)."""
    if isinstance(option, tuple) and option[0] == Option.Multipath_TCP and option[1].get("subtype") == 1:
        return option[0], {"connection": flags & (Flags.SYN | Flags.ACK), **option[1]}
    return option


class TCPFlags(NamedTuple):
    """The header's flags."""

    cwr: bool
    ece: bool
    urg: bool
    ack: bool
    psh: bool
    rst: bool
    syn: bool
    fin: bool
    ns: bool


class TCPInfo:
    """A TCP header under PyPCAPKit's names; it reads from the object."""

    name = "Transmission Control Protocol"

    def __init__(self, tcp: TCP) -> None:
        self._tcp = tcp

    def __index__(self) -> int:
        return 6

    srcport = src = property(lambda self: Port(self._tcp.sport), doc="The source port, with its service's name.")
    dstport = dst = property(lambda self: Port(self._tcp.dport), doc="The destination port, with its service's name.")
    seq = property(lambda self: self._tcp.seq, doc="The sequence number.")
    ack = property(lambda self: self._tcp.ack, doc="The acknowledgment number.")
    hdr_len = length = property(lambda self: self._tcp.hdr_len, doc="The header's size in octets.")
    flags = property(lambda self: TCPFlags(*(bool(self.connection & Flags[name.upper()]) for name in TCPFlags._fields)), doc="The flags, by name.")
    connection = property(lambda self: Flags(self._tcp.flags), doc="The flags, as a number with names.")
    window_size = property(lambda self: self._tcp.win, doc="The receive window, not scaled.")
    checksum = property(lambda self: self._tcp.sum.to_bytes(2, "big"), doc="The checksum, as it stands there.")
    urgent_pointer = property(lambda self: self._tcp.urp, doc="The urgent pointer.")
    options = property(lambda self: self._tcp.options, doc="The options.")
