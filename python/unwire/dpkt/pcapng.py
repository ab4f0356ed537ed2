"""dpkt.pcapng: pcapng files, in dpkt's shape: `Reader`, `Writer` and the blocks. Records are read and written by the engine.

Beyond dpkt: every interface's own clock, simple packet blocks (their time is 0.0, since they have none), later sections of either byte
order; a damaged block length is an error and no silent end.
"""

from __future__ import annotations

import struct
import sys
from functools import cached_property
from io import BytesIO as BytesIO
from time import time
from typing import TYPE_CHECKING, Any

from unwire import _engine
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt._files import PacketWriter, RecordReader, read_exactly, reads_ahead
from unwire.dpkt.compat import intround as intround
from unwire.errors import NeedData, PackError, UnpackError

if TYPE_CHECKING:
    from unwire.dpkt._pcapng_blocks import EnhancedPacketBlock as EnhancedPacketBlock
    from unwire.dpkt._pcapng_blocks import EnhancedPacketBlockLE as EnhancedPacketBlockLE
    from unwire.dpkt._pcapng_blocks import InterfaceDescriptionBlock as InterfaceDescriptionBlock
    from unwire.dpkt._pcapng_blocks import InterfaceDescriptionBlockLE as InterfaceDescriptionBlockLE
    from unwire.dpkt._pcapng_blocks import PacketBlock as PacketBlock
    from unwire.dpkt._pcapng_blocks import PacketBlockLE as PacketBlockLE
    from unwire.dpkt._pcapng_blocks import PcapngBlockLE as PcapngBlockLE
    from unwire.dpkt._pcapng_blocks import PcapngOption as PcapngOption
    from unwire.dpkt._pcapng_blocks import PcapngOptionLE as PcapngOptionLE
    from unwire.dpkt._pcapng_blocks import SectionHeaderBlock as SectionHeaderBlock
    from unwire.dpkt._pcapng_blocks import SectionHeaderBlockLE as SectionHeaderBlockLE
    from unwire.dpkt._pcapng_blocks import _PcapngBlock as _PcapngBlock

struct_pack = struct.pack
struct_unpack = struct.unpack

BYTE_ORDER_MAGIC = 0x1A2B3C4D
BYTE_ORDER_MAGIC_LE = 0x4D3C2B1A
PCAPNG_VERSION_MAJOR = 1
PCAPNG_VERSION_MINOR = 0
PCAPNG_BT_IDB = 1
PCAPNG_BT_PB = 2
PCAPNG_BT_SPB = 3
PCAPNG_BT_EPB = 6
PCAPNG_BT_SHB = 0xA0D0D0A
PCAPNG_OPT_ENDOFOPT = 0
PCAPNG_OPT_COMMENT = 1
PCAPNG_OPT_SHB_HARDWARE = 2
PCAPNG_OPT_SHB_OS = 3
PCAPNG_OPT_SHB_USERAPPL = 4
PCAPNG_OPT_IF_NAME = 2
PCAPNG_OPT_IF_DESCRIPTION = 3
PCAPNG_OPT_IF_IPV4ADDR = 4
PCAPNG_OPT_IF_IPV6ADDR = 5
PCAPNG_OPT_IF_MACADDR = 6
PCAPNG_OPT_IF_EUIADDR = 7
PCAPNG_OPT_IF_SPEED = 8
PCAPNG_OPT_IF_TSRESOL = 9
PCAPNG_OPT_IF_TZONE = 10
PCAPNG_OPT_IF_FILTER = 11
PCAPNG_OPT_IF_OS = 12
PCAPNG_OPT_IF_FCSLEN = 13
PCAPNG_OPT_IF_TSOFFSET = 14

DLT_NULL = 0
DLT_EN10MB = 1
DLT_EN3MB = 2
DLT_AX25 = 3
DLT_PRONET = 4
DLT_CHAOS = 5
DLT_IEEE802 = 6
DLT_ARCNET = 7
DLT_SLIP = 8
DLT_PPP = 9
DLT_FDDI = 10
DLT_PFSYNC = 18
DLT_IEEE802_11 = 105
DLT_LINUX_SLL = 113
DLT_PFLOG = 117
DLT_IEEE802_11_RADIO = 127
DLT_LOOP = 108
#: dpkt says 12, which is what BSD kernels say; files say 101 (LINKTYPE_RAW), and `datalink()` is what files say.
DLT_RAW = 101

#: Bytes of the link layer's header.
dltoff = {
    DLT_NULL: 4, DLT_EN10MB: 14, DLT_IEEE802: 22, DLT_ARCNET: 6, DLT_SLIP: 16, DLT_PPP: 4, DLT_FDDI: 21, DLT_PFLOG: 48, DLT_PFSYNC: 4,
    DLT_LOOP: 4, DLT_LINUX_SLL: 16,
}  # fmt: skip

_BLOCKS = (
    "_PcapngBlock", "PcapngBlockLE", "PcapngOption", "PcapngOptionLE", "SectionHeaderBlock", "SectionHeaderBlockLE", "InterfaceDescriptionBlock",
    "InterfaceDescriptionBlockLE", "EnhancedPacketBlock", "EnhancedPacketBlockLE", "PacketBlock", "PacketBlockLE",
)  # fmt: skip
_SECTION = 28


def _swap32b(i: int) -> int:
    """Return the integer with its four bytes in the other order."""
    return int.from_bytes(i.to_bytes(4, "big"), "little")


def _align32b(i: int) -> int:
    """Return the next multiple of four."""
    return -(-i // 4) * 4


def _padded(s: bytes) -> bytes:
    """Return the bytes with zeros up to a multiple of four."""
    return s.ljust(_align32b(len(s)), b"\0")


def _padded_tolen(s: bytes, tolen: int) -> bytes:
    """Return the bytes with zeros up to a length."""
    return s[:tolen].ljust(tolen, b"\0")


def _padlen(s: bytes) -> int:
    """Return how many bytes are missing to a multiple of four."""
    return _align32b(len(s)) - len(s)


class Writer(PacketWriter):
    """Writes packets to a file object: `writepkt(packet, ts)`, `writepkt_time`, `writepkts([(ts, packet)])`, `close()`.

    `shb` and `idb` are the section header and the interface, or a sequence of interfaces, to begin with; a packet may be an
    `EnhancedPacketBlock` with its own interface and options. Times are microseconds. `snaplen` is stated, not applied.
    """

    __le = sys.byteorder == "little"

    def __init__(self, fileobj: Any, snaplen: int = 1500, linktype: int = DLT_EN10MB, shb: Any = None, idb: Any = None) -> None:
        order = "<" if self.__le else ">"
        header = struct.pack(order + "IIIHHqI", PCAPNG_BT_SHB, _SECTION, BYTE_ORDER_MAGIC, PCAPNG_VERSION_MAJOR, 0, -1, _SECTION)
        if shb:
            self._validate_block("shb", shb, "SectionHeaderBlock")
            header = bytes(shb)
        if idb:
            try:
                idb = list(idb) if not hasattr(idb, "__hdr__") else [idb]
            except TypeError:
                idb = [idb]
            for one in idb:
                self._validate_block("idb", one, "InterfaceDescriptionBlock")
            header += b"".join(bytes(one) for one in idb)
        else:
            try:
                header += struct.pack(order + "IIHHII", PCAPNG_BT_IDB, 20, linktype, 0, snaplen, 20)
            except struct.error as error:
                raise PackError(str(error)) from None
        self._start(fileobj, "pcapng", header, not self.__le)

    def _validate_block(self, arg_name: str, blk: Any, expected: str) -> None:
        """Check a block that the user made: its class and its byte order."""
        from unwire.dpkt import _pcapng_blocks

        if not isinstance(blk, getattr(_pcapng_blocks, expected)):
            raise ValueError(f"{arg_name}: expecting class {expected}")
        if self.__le and blk.__hdr_fmt__[0] == ">":
            raise ValueError(f"{arg_name}: expecting class {expected}LE on a little-endian system")
        if not self.__le and blk.__hdr_fmt__[0] == "<":
            raise ValueError(f"{arg_name}: expecting class {expected} on a big-endian system")

    def writepkt(self, pkt: Any, ts: Any = None) -> None:
        """Write a packet, or an EnhancedPacketBlock; without a time the present one, or the block's own unless that is 0."""
        if type(pkt) is bytes or not _is_packet_block(pkt):
            super().writepkt(pkt, time() if ts is None else ts)
            return
        self._validate_block("pkt", pkt, "EnhancedPacketBlock")
        if ts is None and pkt.ts_high == pkt.ts_low == 0:
            ts = time()
        if ts is not None:
            ticks = round(ts * 1e6)
            pkt.ts_high, pkt.ts_low = ticks >> 32, ticks & 0xFFFFFFFF
        self._held.write(bytes(pkt))


def _is_packet_block(pkt: Any) -> bool:
    """Whether a packet is a block; where the blocks were never loaded nobody can have made one."""
    blocks = sys.modules.get("unwire.dpkt._pcapng_blocks")
    return blocks is not None and isinstance(pkt, blocks.EnhancedPacketBlock)


class Reader(RecordReader):
    """Reads packets of a file object: iterating gives (seconds since the epoch as float, bytes).

    `idb` is the first interface. Any object with ``read(size)`` will do; of one that cannot seek no more is taken than the next block needs.
    """

    def __init__(self, fileobj: Any) -> None:
        super().__init__(fileobj)
        section = read_exactly(fileobj, _SECTION)
        if len(section) < _SECTION:
            raise ValueError("invalid pcapng header")
        kind, length, mark = struct.unpack_from(">III", section)
        if kind != PCAPNG_BT_SHB:
            raise ValueError("invalid pcapng header: not a SHB")
        if mark not in (BYTE_ORDER_MAGIC, BYTE_ORDER_MAGIC_LE):
            raise ValueError("unknown endianness")
        self.__le = mark == BYTE_ORDER_MAGIC_LE
        order = "<" if self.__le else ">"
        section += read_exactly(fileobj, max(0, (_swap32b(length) if self.__le else length) - _SECTION))
        _check(section, order)
        major, minor = struct.unpack_from(order + "HH", section, 12)
        if major != PCAPNG_VERSION_MAJOR:
            raise ValueError(f"unknown pcapng version {major}.{minor}")
        self.__block = self._interface(fileobj, order)
        linktype, _, self.snaplen = struct.unpack_from(order + "HHI", self.__block, 8)
        self.__linktype: int = linktype
        self.dloff = dltoff.get(linktype, 0)
        self._steps = _engine.Steps(fileobj, "pcapng", None, reads_ahead(fileobj))
        self._steps.feed(section)
        self._steps.feed(self.__block)

    @staticmethod
    def _interface(fileobj: Any, order: str) -> bytes:
        """Read up to the first interface; what stands before it cannot be a packet."""
        while len(block := read_exactly(fileobj, 8)) == 8:
            kind, length = struct.unpack(order + "II", block)
            if length < 12:
                break
            block += read_exactly(fileobj, length - 8)
            if kind == PCAPNG_BT_IDB:
                _check(block, order)
                return block
        raise ValueError("IDB not found")

    @cached_property
    def idb(self) -> Any:
        """The first interface."""
        from unwire.dpkt import _pcapng_blocks

        block: Any = _pcapng_blocks.InterfaceDescriptionBlockLE if self.__le else _pcapng_blocks.InterfaceDescriptionBlock
        return block(self.__block)

    def datalink(self) -> int:
        """Return the link type of the first interface."""
        return self.__linktype


def _check(block: bytes, order: str) -> None:
    """Check that a block is whole and ends with its length."""
    (length,) = struct.unpack_from(order + "I", block, 4)
    if length > len(block):
        raise NeedData(f"got {len(block)}, {length} needed at least")
    if struct.unpack(order + "I", block[-4:])[0] != length:
        raise UnpackError("length fields do not match")


def __getattr__(name: str) -> Any:
    # Blocks as packets are declared only for those who ask for them: a declaration is work for the engine's schema.
    if name not in _BLOCKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from unwire.dpkt import _pcapng_blocks

    globals().update({block: getattr(_pcapng_blocks, block) for block in _BLOCKS})
    return globals()[name]
