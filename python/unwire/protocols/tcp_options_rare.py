"""TCP options that are historic (RFC 6247), experiments (RFC 6994) or opaque: members of the family in tcp_options.py."""

from typing import Annotated, ClassVar

from unwire.declare import bits, field, raw, reading, u8, u16, u24, u32, when
from unwire.protocols.numbers.tcp import Checksum
from unwire.protocols.tcp_options import BadOption, TCPOption


class Echo(TCPOption, over={"tcp.option": 6}, when="size == 6"):
    """Echo (RFC 1072, historic)"""

    data: bytes = raw(4, bytes(4))
    value: u32 = reading("data", u32, "tcp.options.echo_value")


class EchoReply(TCPOption, over={"tcp.option": 7}, when="size == 6"):
    """Echo reply (RFC 1072, historic)"""

    data: bytes = raw(4, bytes(4))
    value: u32 = reading("data", u32, "tcp.options.echo_value")


class PartialOrderConnectionPermitted(TCPOption, over={"tcp.option": 9}, when="size == 2"):
    """Partial order connection permitted (RFC 1693, historic)"""


class PartialOrderServiceProfile(TCPOption, over={"tcp.option": 10}, when="size == 3"):
    """Partial order service profile (RFC 1693, historic)"""

    _flags: u8 = field(0)
    start: bool = bits(1, 0)
    end: bool = bits(1, 0)
    octets: bytes = reading("_flags", raw("rest"), "tcp.options.unknown.payload")


class CC(TCPOption, over={"tcp.option": 11}, when="size == 6"):
    """Connection count (RFC 1644, historic)"""

    __keywords__: ClassVar[dict[str, str]] = {"count": "cc"}

    cc: u32 = field(0, "tcp.options.cc_value")


class CCNew(TCPOption, over={"tcp.option": 12}, when="size == 6"):
    """Connection count, new (RFC 1644, historic)"""

    __keywords__: ClassVar[dict[str, str]] = {"count": "cc"}

    cc: u32 = field(0, "tcp.options.cc_value")


class CCEcho(TCPOption, over={"tcp.option": 13}, when="size == 6"):
    """Connection count, echo (RFC 1644, historic)"""

    __keywords__: ClassVar[dict[str, str]] = {"count": "cc"}

    cc: u32 = field(0, "tcp.options.cc_value")


class AlternateChecksumRequest(TCPOption, over={"tcp.option": 14}, when="size == 3"):
    """Alternate checksum request (RFC 1146, historic)"""

    __keywords__: ClassVar[dict[str, str]] = {"algorithm": "chksum"}

    chksum: Annotated[Checksum, u8] = field(
        0, names={0: "TCP checksum", 1: "8-bit Fletcher", 2: "16-bit Fletcher", 3: "Redundant checksum avoidance"}
    )
    octets: bytes = reading("chksum", raw("rest"), "tcp.options.unknown.payload")


class BadHistoric(BadOption, over={"tcp.option": (9, 10, 14)}, stands="bad"):
    """Wireshark shows the octets of those that it does not decode, whatever their size"""

    __shown_as__: ClassVar[type] = BadOption

    data: bytes = raw("length - 2", b"", "tcp.options.unknown.payload")


class AlternateChecksumData(TCPOption, over={"tcp.option": 15}):
    """Alternate checksum data (RFC 1146, historic)"""

    data: bytes = raw("length - 2", b"", "tcp.options.unknown.payload")


class OpaqueOption(TCPOption, over={"tcp.option": (20, 21, 76, 78)}):
    """An option that is known and not decoded: SCPS capabilities and negative acknowledgments (CCSDS 714.0-B-2), Riverbed's"""

    data: bytes = raw("rest", b"")


class Experimental(TCPOption, over={"tcp.option": (253, 254)}, when="size >= 4 and exid != 0xF989 and exid != 0xACC0 and exid != 0xACC1"):
    """An experiment, named by its first 16 bits (RFC 6994 section 3)"""

    exid: u16 = field(0, "tcp.options.experimental.exid", base="hex")
    data: bytes = raw("length - 4", b"", "tcp.options.experimental.data")


class ExperimentalFastOpen(TCPOption, over={"tcp.option": (253, 254)}, when="exid == 0xF989"):
    """Fast Open as it was before it had a number of its own (RFC 7413 section 8)"""

    exid: u16 = field(0xF989, "tcp.options.experimental.exid", base="hex")
    cookie: bytes | None = when("left", raw("length - 4", None, "tcp.options.tfo.cookie"))


class ExperimentalAccECN0(TCPOption, over={"tcp.option": (253, 254)}, when="exid == 0xACC0 and size <= 13 and size % 3 == 1"):
    """Accurate ECN byte counters, order 0, before they had a number of their own"""

    exid: u16 = field(0xACC0, "tcp.options.experimental.exid", base="hex")
    ee0b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee0b"))
    eceb: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.eceb"))
    ee1b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee1b"))


class ExperimentalAccECN1(TCPOption, over={"tcp.option": (253, 254)}, when="exid == 0xACC1 and size <= 13 and size % 3 == 1"):
    """Accurate ECN byte counters, order 1, likewise"""

    exid: u16 = field(0xACC1, "tcp.options.experimental.exid", base="hex")
    ee1b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee1b"))
    eceb: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.eceb"))
    ee0b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee0b"))
