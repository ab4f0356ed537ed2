"""Multipath TCP (RFC 6824 version 0, RFC 8684 version 1): TCP option 30, one class per subtype.

Lengths tell the forms apart, no connection is remembered.
"""

from unwire.declare import Ip4, Ip6, bits, column, field, raw, reading, repeat, switch, u8, u16, u32, u64, when
from unwire.protocols.tcp_options import TCPOption


class MPTCP(TCPOption):
    """What all subtypes begin with."""

    _subtype: u8 = field(0)
    subtype: u8 = bits(4, 0, "tcp.options.mptcp.subtype")


class MPTCPCapable(MPTCP, over={"tcp.option": 30}, when="subtype == 0"):
    """MP_CAPABLE (RFC 8684 section 3.1): no key in version 1's SYN, both in the third segment, there also the length of data it carries"""

    version: u8 = bits(4, 0, "tcp.options.mptcp.version")
    _flags: u8 = field(0, "tcp.options.mptcp.flags", base="hex")
    req: u8 = bits(1, 0, "tcp.options.mptcp.checksumreq.flags")
    ext: u8 = bits(1, 0, "tcp.options.mptcp.extensibility.flag")
    _alone: u8 = bits(1, 0)
    _reserved: u8 = bits(4, 0)
    hsa: u8 = bits(1, 0)
    skey: u64 = when("left >= 8", field(0, "tcp.options.mptcp.sendkey"))
    rkey: u64 = when("left >= 8", field(0, "tcp.options.mptcp.recvkey"))
    dl_len: u16 = when("left >= 2", field(0, "tcp.options.mptcp.datalvllen"))
    checksum: u16 = when("left >= 2", field(0, "tcp.options.mptcp.checksum", base="hex"))
    # RFC 8684 section 3.1: no further subflows to this address; version 0 has no such bit.
    alone: u8 = when("version == 1", column("_alone", "tcp.options.mptcp.nomoresubflows.flag"))
    sha1: u8 = when("version == 0", column("hsa", "tcp.options.mptcp.sha1.flag"))
    sha256: u8 = when("version == 1", column("hsa", "tcp.options.mptcp.sha256.flag"))


# Wireshark shows the whole octet of the subtype as the flags where its lower half holds some: here, in priorities and in resets.
class MPTCPJoinSYN(MPTCP, over={"tcp.option": 30}, when="subtype == 1 and length == 12"):
    """MP_JOIN in a SYN (RFC 8684 section 3.2)"""

    _reserved: u8 = bits(3, 0)
    backup: u8 = bits(1, 0, "tcp.options.mptcp.backup.flag")
    addr_id: u8 = field(0, "tcp.options.mptcp.addrid")
    token: u32 = field(0, "tcp.options.mptcp.recvtok")
    nonce: u32 = field(0, "tcp.options.mptcp.sendrand")
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPJoinSYNACK(MPTCP, over={"tcp.option": 30}, when="subtype == 1 and length == 16"):
    """MP_JOIN in a SYN/ACK (RFC 8684 section 3.2)"""

    _reserved: u8 = bits(3, 0)
    backup: u8 = bits(1, 0, "tcp.options.mptcp.backup.flag")
    addr_id: u8 = field(0, "tcp.options.mptcp.addrid")
    hmac: u64 = field(0, "tcp.options.mptcp.sendtrunchmac")
    nonce: u32 = field(0, "tcp.options.mptcp.sendrand")
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPJoinACK(MPTCP, over={"tcp.option": 30}, when="subtype == 1 and length == 24"):
    """MP_JOIN in the third segment (RFC 8684 section 3.2)"""

    _reserved: u8 = field(0)
    hmac: bytes = raw(20, bytes(20), "tcp.options.mptcp.sendhmac")


class MPTCPDSS(MPTCP, over={"tcp.option": 30}, when="subtype == 2"):
    """Data sequence signal (RFC 8684 section 3.3): data acknowledged, and where this segment's data belongs"""

    _flags: u8 = field(0, "tcp.options.mptcp.flags", base="hex")
    _reserved: u8 = bits(3, 0)
    data_fin: u8 = bits(1, 0, "tcp.options.mptcp.datafin.flag")
    long_dsn: u8 = bits(1, 0, "tcp.options.mptcp.dseqn8.flag")
    has_dsn: u8 = bits(1, 0, "tcp.options.mptcp.dseqnpresent.flag")
    long_ack: u8 = bits(1, 0, "tcp.options.mptcp.dataack8.flag")
    has_ack: u8 = bits(1, 0, "tcp.options.mptcp.dataackpresent.flag")
    ack: u64 = when("has_ack", switch("long_ack", {0: u32}, u64, "tcp.options.mptcp.rawdataack"))
    dsn: u64 = when("has_dsn", switch("long_dsn", {0: u32}, u64, "tcp.options.mptcp.rawdataseqno"))
    ssn: u32 = when("has_dsn", field(0, "tcp.options.mptcp.subflowseqno"))
    dl_len: u16 = when("has_dsn", field(0, "tcp.options.mptcp.datalvllen"))
    # RFC 8684 section 3.3.1: there only if MP_CAPABLE asked for it; the option's length says so.
    checksum: u16 = when("has_dsn and left >= 2", field(0, "tcp.options.mptcp.checksum", base="hex"))


class MPTCPAddAddress(MPTCP, over={"tcp.option": 30}, when="subtype == 3"):
    """ADD_ADDR: version 0 has the IP version (RFC 6824 section 3.4.1) where version 1 has the echo bit (RFC 8684 section 3.4.1)"""

    version: u8 = bits(4, 0)
    addr_id: u8 = field(0, "tcp.options.mptcp.addrid")
    addr: bytes = switch("version == 4 or (version < 2 and length < 20)", {1: Ip4}, Ip6)
    port: u16 = when("length % 4 == 2", field(0, "tcp.options.mptcp.port"))
    hmac: u64 = when("left >= 8", field(0, "tcp.options.mptcp.addaddrtrunchmac"))
    ipver: u8 = when("version > 1", column("version", "tcp.options.mptcp.ipver"))
    echo: u8 = when("version < 2", column("version", "tcp.options.mptcp.echo"))
    ipv4: Ip4 = reading("addr", when("version == 4 or (version < 2 and length < 20)", Ip4), "tcp.options.mptcp.ipv4")
    ipv6: Ip6 = reading("addr", when("not (version == 4 or (version < 2 and length < 20))", Ip6), "tcp.options.mptcp.ipv6")


class MPTCPRemoveAddress(MPTCP, over={"tcp.option": 30}, when="subtype == 4"):
    """REMOVE_ADDR (RFC 8684 section 3.4.2)"""

    addr_id: list[int] = repeat(u8)


class MPTCPPriority(MPTCP, over={"tcp.option": 30}, when="subtype == 5"):
    """MP_PRIO (RFC 8684 section 3.3.8); only version 0 names an address"""

    _reserved: u8 = bits(3, 0)
    backup: u8 = bits(1, 0, "tcp.options.mptcp.backup.flag")
    addr_id: u8 = when("left", field(0, "tcp.options.mptcp.addrid"))
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPFallback(MPTCP, over={"tcp.option": 30}, when="subtype == 6"):
    """MP_FAIL (RFC 8684 section 3.7)"""

    _reserved: u8 = field(0)
    dsn: u64 = field(0, "tcp.options.mptcp.rawdataseqno")


class MPTCPFastclose(MPTCP, over={"tcp.option": 30}, when="subtype == 7"):
    """MP_FASTCLOSE (RFC 8684 section 3.5)"""

    _reserved: u8 = field(0)
    rkey: u64 = field(0, "tcp.options.mptcp.recvkey")


class MPTCPReset(MPTCP, over={"tcp.option": 30}, when="subtype == 8"):
    """MP_TCPRST (RFC 8684 section 3.6)"""

    u: bool = bits(1, 0, "tcp.options.mptcp.flag_U.flag")
    v: bool = bits(1, 0, "tcp.options.mptcp.flag_V.flag")
    w: bool = bits(1, 0, "tcp.options.mptcp.flag_W.flag")
    transient: bool = bits(1, 0, "tcp.options.mptcp.flag_T.flag")
    reason: u8 = field(0, "tcp.options.mptcp.rst_reason", base="hex")
    flags: u8 = reading("_subtype", u8, "tcp.options.mptcp.flags", base="hex")


class MPTCPUnknown(MPTCP, over={"tcp.option": 30}, when="subtype > 8"):
    """A subtype that nobody decodes"""

    data: bytes = raw("rest", b"")
