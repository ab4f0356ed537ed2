"""Multipath TCP (RFC 6824 version 0, RFC 8684 version 1): TCP option 30, the handshake and the joins. The other subtypes live in mptcp_data.py.

Lengths tell the forms apart, no connection is remembered.
"""

import hashlib
from typing import Annotated, Any, ClassVar, NamedTuple

from unwire.declare import Shown, bits, column, field, raw, reading, u8, u16, u32, u64, when
from unwire.protocols.numbers.tcp import Flags, MPTCPOption
from unwire.protocols.tcp_options import BadOption, TCPOption


def token_and_idsn(key: int, version: int) -> tuple[int, int]:
    """Return what a key stands for: the connection's token and the initial data sequence number (RFC 6824 and RFC 8684, sections 3.1 and 3.2)."""
    digest = (hashlib.sha256 if version else hashlib.sha1)(key.to_bytes(8, "big")).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[-8:], "big")


#: Numbers on the wire, in whose place PyPCAPKit has bytes.
MAC = Shown(lambda number: number.to_bytes(8, "big"), lambda value: value if isinstance(value, int) else int.from_bytes(value, "big"))
SUM = Shown(lambda number: number.to_bytes(2, "big"), MAC.write)


class MPTCP(TCPOption):
    """What all subtypes begin with."""

    _subtype: u8 = field(0)
    subtype: Annotated[MPTCPOption, u8] = bits(4, 0, "tcp.options.mptcp.subtype")


class BadMPTCP(BadOption, over={"tcp.option": 30}, stands="bad"):
    """One of a size that its subtype never has"""

    __shown_as__: ClassVar[type] = BadOption

    subtype: u8 = when("size > 2", column("peek(1, 2 - size) >> 4", "tcp.options.mptcp.subtype"))


class MPTCPCapableFlag(NamedTuple):
    """Flags A, B, H: checksums are required, the field is extended, HMAC-SHA1 (version 0) or HMAC-SHA256 (version 1) is used."""

    req: bool
    ext: bool
    hsa: bool


# What is expected and not tested is shown in part where it does not hold, as Wireshark does.
_CAPABLE = "size == 12 or size == 20 or (version > 0 and (size == 4 or size == 22 or size == 24))"


class MPTCPCapable(MPTCP, over={"tcp.option": 30}, when="subtype == 0"):
    """MP_CAPABLE (RFC 8684 section 3.1): no key in version 1's SYN, both in the third segment, there also the length of data it carries"""

    __keywords__: ClassVar[dict[str, str]] = {"flag_req": "req", "flag_ext": "ext", "flag_hsa": "hsa"}
    __made__: ClassVar[dict[str, Any]] = {"version": 0, "skey": 0, "rkey": 0}
    __shown__: ClassVar[tuple[str, ...]] = ("flags",)

    # Without keys it is the first segment of version 1.
    version: u8 = bits(4, 1, "tcp.options.mptcp.version")
    _flags: u8 = field(0, "tcp.options.mptcp.flags", base="hex")
    req: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.checksumreq.flags")
    ext: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.extensibility.flag")
    # RFC 8684 section 3.1: no further subflows to this address; version 0 has no such bit.
    alone: Annotated[bool, u8] = bits(1, 0)
    _reserved: u8 = bits(4, 0)
    hsa: Annotated[bool, u8] = bits(1, 0)
    skey: u64 | None = when("left >= 8", field(None, "tcp.options.mptcp.sendkey"))
    rkey: u64 | None = when("left >= 8", field(None, "tcp.options.mptcp.recvkey"))
    dl_len: u16 | None = when("left >= 2", field(None, "tcp.options.mptcp.datalvllen"))
    checksum: u16 | None = when("left >= 2", field(None, "tcp.options.mptcp.checksum", base="hex", shown=SUM, expect=_CAPABLE))
    _alone: u8 = when("version == 1", column("alone", "tcp.options.mptcp.nomoresubflows.flag"))
    _sha1: u8 = when("version == 0", column("hsa", "tcp.options.mptcp.sha1.flag"))
    _sha256: u8 = when("version == 1", column("hsa", "tcp.options.mptcp.sha256.flag"))

    @property
    def flags(self) -> MPTCPCapableFlag:
        """Flags A, B and H by PyPCAPKit's names."""
        return MPTCPCapableFlag(self.req, self.ext, self.hsa)

    @flags.setter
    def flags(self, value: tuple[bool, bool, bool]) -> None:
        self.req, self.ext, self.hsa = value

    @property
    def token(self) -> int | None:
        """The token that the sender's key stands for."""
        return None if self.skey is None else token_and_idsn(self.skey, self.version)[0]

    @property
    def idsn(self) -> int | None:
        """The initial data sequence number that the sender's key stands for."""
        return None if self.skey is None else token_and_idsn(self.skey, self.version)[1]


class MPTCPJoin(MPTCP):
    """What joins have in common: the flags of the segment that carries them."""

    connection: ClassVar[Flags] = Flags(0)


# Wireshark shows the whole octet of the subtype as the flags where its lower half holds some: here, in priorities and in resets.
class MPTCPJoinSYN(MPTCPJoin, over={"tcp.option": 30}, when="subtype == 1 and size == 12"):
    """MP_JOIN in a SYN (RFC 8684 section 3.2)"""

    connection: ClassVar[Flags] = Flags.SYN

    _reserved: u8 = bits(3, 0)
    backup: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.backup.flag")
    addr_id: u8 = field(0, "tcp.options.mptcp.addrid")
    token: u32 = field(0, "tcp.options.mptcp.recvtok")
    nonce: u32 = field(0, "tcp.options.mptcp.sendrand")
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPJoinSYNACK(MPTCPJoin, over={"tcp.option": 30}, when="subtype == 1 and size == 16"):
    """MP_JOIN in a SYN/ACK (RFC 8684 section 3.2)"""

    connection: ClassVar[Flags] = Flags.SYN | Flags.ACK

    _reserved: u8 = bits(3, 0)
    backup: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.backup.flag")
    addr_id: u8 = field(0, "tcp.options.mptcp.addrid")
    hmac: u64 = field(0, "tcp.options.mptcp.sendtrunchmac", shown=MAC)
    nonce: u32 = field(0, "tcp.options.mptcp.sendrand")
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPJoinACK(MPTCPJoin, over={"tcp.option": 30}, when="subtype == 1 and size == 24"):
    """MP_JOIN in the third segment (RFC 8684 section 3.2)"""

    connection: ClassVar[Flags] = Flags.ACK

    _reserved: u8 = field(0)
    hmac: bytes = raw(20, bytes(20), "tcp.options.mptcp.sendhmac")
