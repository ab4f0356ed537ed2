"""TCP options that are historic (RFC 6247), experiments (RFC 6994) or undecoded: members of the family in tcp_options.py."""

from unwire.declare import bits, field, raw, reading, u8, u16, u24, u32, when
from unwire.protocols.tcp_options import TCPOption


class Echo(TCPOption, over={"tcp.option": (6, 7)}):
    """Echo and echo reply (RFC 1072, historic)"""

    data: bytes = raw(4, bytes(4))
    value: u32 = reading("data", u32, "tcp.options.echo_value")


class PartialOrderConnectionPermitted(TCPOption, over={"tcp.option": 9}):
    """Partial order connection permitted (RFC 1693, historic)"""


class PartialOrderServiceProfile(TCPOption, over={"tcp.option": 10}):
    """Partial order service profile (RFC 1693, historic)"""

    _flags: u8 = field(0)
    start: bool = bits(1, 0)
    end: bool = bits(1, 0)
    octets: bytes = reading("_flags", raw("rest"), "tcp.options.unknown.payload")


class CC(TCPOption, over={"tcp.option": (11, 12, 13)}):
    """Connection counts CC, CC.NEW, CC.ECHO (RFC 1644, historic)"""

    cc: u32 = field(0, "tcp.options.cc_value")


class AlternateChecksumRequest(TCPOption, over={"tcp.option": 14}):
    """Alternate checksum request (RFC 1146, historic)"""

    chksum: u8 = field(0, names={0: "TCP checksum", 1: "8-bit Fletcher", 2: "16-bit Fletcher", 3: "Redundant checksum avoidance"})
    octets: bytes = reading("chksum", raw("rest"), "tcp.options.unknown.payload")


class Experimental(TCPOption, over={"tcp.option": (253, 254)}, when="exid != 0xF989 and exid != 0xACC0 and exid != 0xACC1"):
    """An experiment, named by its first 16 bits (RFC 6994 section 3)"""

    exid: u16 = field(0, "tcp.options.experimental.exid", base="hex")
    data: bytes = raw("length - 4", b"", "tcp.options.experimental.data")


class ExperimentalFastOpen(TCPOption, over={"tcp.option": (253, 254)}, when="exid == 0xF989"):
    """Fast Open as it was before it had a number of its own (RFC 7413 section 8)"""

    exid: u16 = field(0xF989, "tcp.options.experimental.exid", base="hex")
    cookie: bytes = when("left", raw("length - 4", None, "tcp.options.tfo.cookie"))


class ExperimentalAccECN0(TCPOption, over={"tcp.option": (253, 254)}, when="exid == 0xACC0"):
    """Accurate ECN byte counters, order 0, before they had a number of their own"""

    exid: u16 = field(0xACC0, "tcp.options.experimental.exid", base="hex")
    ee0b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee0b"))
    eceb: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.eceb"))
    ee1b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee1b"))


class ExperimentalAccECN1(TCPOption, over={"tcp.option": (253, 254)}, when="exid == 0xACC1"):
    """Accurate ECN byte counters, order 1, likewise"""

    exid: u16 = field(0xACC1, "tcp.options.experimental.exid", base="hex")
    ee1b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee1b"))
    eceb: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.eceb"))
    ee0b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee0b"))


class UnassignedOption(TCPOption, over={"tcp.option": (15, 16, 17, 18, 22, 23, 24, 25, 26, 31, 32, 33, 69, 70)}):
    """An option that nobody decodes, such as the data of an alternate checksum"""

    data: bytes = raw("rest", b"", "tcp.options.unknown.payload")
