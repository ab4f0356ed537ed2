"""Multipath TCP (RFC 6824, RFC 8684), what established connections say: data, addresses, priorities, ends. The handshake lives in mptcp.py."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated, Any, ClassVar

from unwire.declare import Ip4, Ip6, Shown, bits, column, field, presence, raw, reading, repeat, switch, u8, u16, u32, u64, when
from unwire.protocols.mptcp import MAC, MPTCP, SUM

_ADDRESS = Shown(lambda address: ip_address(bytes(address)), lambda value: value if isinstance(value, bytes) else ip_address(value).packed)

# RFC 8684 section 3.3: the size follows from the flags; the checksum is there only if MP_CAPABLE asked for it, which the size says.
_SIZE = "4 + (8 if long_ack else 4) * has_ack + (14 if long_dsn else 10) * has_dsn"
_DSS = f"size == {_SIZE} or (has_dsn and size == {_SIZE} + 2)"


class MPTCPDSS(MPTCP, over={"tcp.option": 30}, when="subtype == 2"):
    """Data sequence signal (RFC 8684 section 3.3): data acknowledged, and where this segment's data belongs"""

    __shown__: ClassVar[tuple[str, ...]] = ("ack", "dsn", "ssn", "dl_len")

    _flags: u8 = field(0, "tcp.options.mptcp.flags", base="hex")
    _reserved: u8 = bits(3, 0)
    data_fin: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.datafin.flag")
    long_dsn: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.dseqn8.flag")
    has_dsn: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.dseqnpresent.flag")
    long_ack: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.dataack8.flag")
    has_ack: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.dataackpresent.flag")
    _ack: u64 | None = when("has_ack", switch("long_ack", {0: u32}, u64, "tcp.options.mptcp.rawdataack"))
    _dsn: u64 | None = when("has_dsn", switch("long_dsn", {0: u32}, u64, "tcp.options.mptcp.rawdataseqno"))
    _ssn: u32 | None = when("has_dsn", field(0, "tcp.options.mptcp.subflowseqno"))
    _dl_len: u16 | None = when("has_dsn", field(0, "tcp.options.mptcp.datalvllen"))
    checksum: u16 | None = when("has_dsn and left >= 2", field(None, "tcp.options.mptcp.checksum", base="hex", shown=SUM, expect=_DSS))

    ack = presence("_ack", "has_ack", "long_ack")
    dsn = presence("_dsn", "has_dsn", "long_dsn", along=("_ssn", "_dl_len", "checksum"))
    ssn = presence("_ssn", "has_dsn", along=("_dsn", "_dl_len", "checksum"))
    dl_len = presence("_dl_len", "has_dsn", along=("_dsn", "_ssn", "checksum"))


_IS_IP4 = "nibble == 4 or (nibble < 2 and size < 20)"
_WITH_IP4 = "size == 8 or size == 10 or (nibble == 0 and (size == 16 or size == 18))"
_WITH_IP6 = "size == 20 or size == 22 or (nibble == 0 and (size == 28 or size == 30))"


class MPTCPAddAddress(
    MPTCP,
    over={"tcp.option": 30},
    when=f"subtype == 3 and ((nibble == 4 or nibble < 2) and ({_WITH_IP4}) or (nibble == 6 or nibble < 2) and ({_WITH_IP6}))",
):
    """ADD_ADDR: version 0 has the IP version (RFC 6824 section 3.4.1) where version 1 has the echo bit (RFC 8684 section 3.4.1)"""

    __shown__: ClassVar[tuple[str, ...]] = ("version", "addr", "hmac")

    nibble: u8 = bits(4, 4)
    addr_id: u8 = field(0, "tcp.options.mptcp.addrid")
    _addr: IPv4Address | IPv6Address = switch(_IS_IP4, {1: Ip4}, Ip6, initial=bytes(4), shown=_ADDRESS)
    port: u16 | None = when("size % 4 == 2", field(None, "tcp.options.mptcp.port"))
    _hmac: Annotated[bytes, u64] | None = when("left >= 8", field(None, "tcp.options.mptcp.addaddrtrunchmac", shown=MAC))
    _ipver: u8 = when("nibble > 1", column("nibble", "tcp.options.mptcp.ipver"))
    _echo: u8 = when("nibble < 2", column("nibble", "tcp.options.mptcp.echo"))
    _ipv4: Ip4 = reading("_addr", when(_IS_IP4, Ip4), "tcp.options.mptcp.ipv4")
    _ipv6: Ip6 = reading("_addr", when(f"not ({_IS_IP4})", Ip6), "tcp.options.mptcp.ipv6")

    @property
    def version(self) -> int:
        """The address's IP version, which version 0 states."""
        return int(self.addr.version)

    @version.setter
    def version(self, value: int) -> None:
        if self.nibble > 1:
            self.nibble = value

    @property
    def addr(self) -> IPv4Address | IPv6Address:
        """The address; writing it states its version, unless version 1 has the echo bit there."""
        return self._addr

    @addr.setter
    def addr(self, value: Any) -> None:
        self._addr = value
        if self.nibble > 1:
            self.nibble = self._addr.version

    @property
    def echo(self) -> bool:
        """Version 1: this only says that the address was heard."""
        return self.nibble == 1

    @echo.setter
    def echo(self, value: bool) -> None:
        self.nibble = int(value)

    @property
    def hmac(self) -> bytes | None:
        """Version 1's proof, which none has that is an echo."""
        return self._hmac

    @hmac.setter
    def hmac(self, value: bytes | None) -> None:
        self._hmac, self.nibble = value, 0 if value is not None else self.nibble


class MPTCPRemoveAddress(MPTCP, over={"tcp.option": 30}, when="subtype == 4 and size > 3"):
    """REMOVE_ADDR (RFC 8684 section 3.4.2)"""

    addr_id: tuple[int, ...] = repeat(u8, shown=Shown(tuple, list))


class MPTCPPriority(MPTCP, over={"tcp.option": 30}, when="subtype == 5"):
    """MP_PRIO (RFC 8684 section 3.3.8); only version 0 names an address"""

    _reserved: u8 = bits(3, 0)
    backup: Annotated[bool, u8] = bits(1, 0, "tcp.options.mptcp.backup.flag")
    addr_id: u8 | None = when("size == 4", field(None, "tcp.options.mptcp.addrid", expect="size < 5"))
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPFallback(MPTCP, over={"tcp.option": 30}, when="subtype == 6 and size >= 12"):
    """MP_FAIL (RFC 8684 section 3.7)"""

    _reserved: u8 = field(0)
    dsn: u64 = field(0, "tcp.options.mptcp.rawdataseqno", expect="size == 12")


class MPTCPFastclose(MPTCP, over={"tcp.option": 30}, when="subtype == 7 and size >= 12"):
    """MP_FASTCLOSE (RFC 8684 section 3.5)"""

    __keywords__: ClassVar[dict[str, str]] = {"key": "rkey"}

    _reserved: u8 = field(0)
    rkey: u64 = field(0, "tcp.options.mptcp.recvkey", expect="size == 12")


class MPTCPReset(MPTCP, over={"tcp.option": 30}, when="subtype == 8 and size >= 4"):
    """MP_TCPRST (RFC 8684 section 3.6)"""

    u: bool = bits(1, 0, "tcp.options.mptcp.flag_U.flag")
    v: bool = bits(1, 0, "tcp.options.mptcp.flag_V.flag")
    w: bool = bits(1, 0, "tcp.options.mptcp.flag_W.flag")
    transient: bool = bits(1, 0, "tcp.options.mptcp.flag_T.flag")
    reset_reason: u8 = field(0, "tcp.options.mptcp.rst_reason", base="hex", expect="size == 4")
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPUnknown(MPTCP, over={"tcp.option": 30}, when="subtype > 8"):
    """A subtype that nobody decodes"""

    data: bytes = raw("rest", b"")
