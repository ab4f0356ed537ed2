"""pcapng's blocks and options as packets, in dpkt's spelling. Loaded on first use: readers and writers do without them."""

# Fields that `__hdr__` names are there at run time only, where no type checker sees them.
# mypy: disable-error-code="attr-defined, has-type, assignment, call-arg, no-any-return"

from __future__ import annotations

import struct
from typing import Any

from unwire.declare import Packet
from unwire.errors import NeedData, PackError, UnpackError

_END_OF_OPTIONS = 0
_COMMENT = 1


def _aligned(count: int) -> int:
    return -(-count // 4) * 4


class PcapngOption(Packet):
    """An option of a block"""

    __hdr__ = (
        ("code", "H", _END_OF_OPTIONS),
        ("len", "H", 0),
    )

    def unpack(self, buf: Any) -> None:
        Packet.unpack(self, buf)
        self.data = buf[self.__hdr_len__ : self.__hdr_len__ + self.len]
        if self.code == _COMMENT:
            try:
                self.text = self.data.decode("utf-8")
            except UnicodeDecodeError:
                # Some writers end a comment with a zero and leave noise behind it.
                if b"\0" not in self.data:
                    raise
                self.text = self.data[: self.data.index(b"\0")].decode("ascii")

    def __bytes__(self) -> bytes:
        if self.code == _COMMENT:
            text = getattr(self, "text", self.data)
            self.data = text if isinstance(text, bytes) else text.encode("utf-8")
        self.len = len(self.data)
        return struct.pack(self.__hdr_fmt__[0] + "HH", self.code, self.len) + self.data.ljust(_aligned(self.len), b"\0")

    def __len__(self) -> int:
        return int(self.__hdr_len__) + _aligned(len(self.data))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(opt_endofopt)" if self.code == _END_OF_OPTIONS else Packet.__repr__(self)


class PcapngOptionLE(PcapngOption):
    """An option of a block in little-endian order"""

    __byte_order__ = "<"


class _PcapngBlock(Packet):
    """What blocks have in common: type, length, body, options, the length again."""

    __hdr__ = (
        ("type", "I", 0),
        ("len", "I", 12),
        ("_len", "I", 12),
    )

    @property
    def data(self) -> str:
        """Empty text, as dpkt has it: what a block holds is in its other attributes."""
        return ""

    def unpack_hdr(self, buf: Any) -> None:
        Packet.unpack(self, buf)

    def unpack(self, buf: Any) -> None:
        Packet.unpack(self, buf)
        if self.len > len(buf):
            raise NeedData
        self._do_unpack_options(buf)

    def _do_unpack_options(self, buf: Any, offset: int | None = None) -> None:
        self.opts: list[Any] = []
        offset = offset or self.__hdr_len__ - 4
        option_class = PcapngOptionLE if self.__hdr_fmt__[0] == "<" else PcapngOption
        rest = buf[offset : self.len - 4]
        while rest:
            option = option_class(rest)
            self.opts.append(option)
            rest = rest[len(option) :]
            if option.code == _END_OF_OPTIONS:
                break
        self._len = struct.unpack(self.__hdr_fmt__[0] + "I", buf[-4:])[0]
        if self._len != self.len:
            raise UnpackError("length fields do not match")

    def _do_pack_options(self) -> bytes:
        options = getattr(self, "opts", None)
        if not options:
            return b""
        if options[-1].code != _END_OF_OPTIONS:
            raise PackError("options must end with opt_endofopt")
        return b"".join(bytes(option) for option in options)

    def _body(self) -> bytes:
        """Return what stands between the fixed fields and the options."""
        return b""

    def __bytes__(self) -> bytes:
        body = self._body() + self._do_pack_options()
        self.len = self._len = self.__hdr_len__ + len(body)
        header = self.pack_hdr()
        return b"".join([header[:-4], body, header[-4:]])

    def __len__(self) -> int:
        options = getattr(self, "opts", None) or ()
        return int(self.__hdr_len__) + sum(len(option) for option in options)


class PcapngBlockLE(_PcapngBlock):
    """A block in little-endian order"""

    __byte_order__ = "<"


class SectionHeaderBlock(_PcapngBlock):
    """Section Header Block"""

    __hdr__ = (
        ("type", "I", 0x0A0D0D0A),
        ("len", "I", 28),
        ("bom", "I", 0x1A2B3C4D),
        ("v_major", "H", 1),
        ("v_minor", "H", 0),
        ("sec_len", "q", -1),
        ("_len", "I", 28),
    )


class SectionHeaderBlockLE(SectionHeaderBlock):
    """Section Header Block in little-endian order"""

    __byte_order__ = "<"


class InterfaceDescriptionBlock(_PcapngBlock):
    """Interface Description Block"""

    __hdr__ = (
        ("type", "I", 1),
        ("len", "I", 20),
        ("linktype", "H", 1),
        ("_reserved", "H", 0),
        ("snaplen", "I", 1500),
        ("_len", "I", 20),
    )


class InterfaceDescriptionBlockLE(InterfaceDescriptionBlock):
    """Interface Description Block in little-endian order"""

    __byte_order__ = "<"


class EnhancedPacketBlock(_PcapngBlock):
    """Enhanced Packet Block"""

    __hdr__ = (
        ("type", "I", 6),
        ("len", "I", 64),
        ("iface_id", "I", 0),
        ("ts_high", "I", 0),
        ("ts_low", "I", 0),
        ("caplen", "I", 0),
        ("pkt_len", "I", 0),
        ("_len", "I", 64),
    )

    def unpack(self, buf: Any) -> None:
        Packet.unpack(self, buf)
        if self.len > len(buf):
            raise NeedData
        start = self.__hdr_len__ - 4
        self.pkt_data = buf[start : start + self.caplen]
        self._do_unpack_options(buf, start + _aligned(self.caplen))

    def _body(self) -> bytes:
        self.caplen = len(self.pkt_data)
        # A packet cut by the snap length keeps its length on the wire.
        self.pkt_len = max(self.pkt_len, self.caplen)
        return bytes(self.pkt_data).ljust(_aligned(self.caplen), b"\0")

    def __len__(self) -> int:
        return super().__len__() + _aligned(self.caplen)


class EnhancedPacketBlockLE(EnhancedPacketBlock):
    """Enhanced Packet Block in little-endian order"""

    __byte_order__ = "<"


class PacketBlock(EnhancedPacketBlock):
    """Packet Block, obsolete"""

    __hdr__ = (
        ("type", "I", 2),
        ("len", "I", 64),
        ("iface_id", "H", 0),
        ("drops_count", "H", 0),
        ("ts_high", "I", 0),
        ("ts_low", "I", 0),
        ("caplen", "I", 0),
        ("pkt_len", "I", 0),
        ("_len", "I", 64),
    )


class PacketBlockLE(PacketBlock):
    """Packet Block, obsolete, in little-endian order"""

    __byte_order__ = "<"
