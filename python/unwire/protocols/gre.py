"""Generic Routing Encapsulation (RFC 2784, keys and sequence numbers of RFC 2890, routes of RFC 1701), and its version 1 (PPTP, RFC 2637)."""

from typing import ClassVar

from unwire.declare import Packet, Part, bits, by, checksum, field, length, payload, raw, reading, repeat, u8, u16, u32, when


class GRE(
    Packet,
    over={"ip.proto": 47, "udp.port": 4754},
    next=(
        by("p", "gre.proto"),
        # Type I of ERSPAN is told from type II by the missing sequence number alone.
        by(1, "gre.erspan", when="p == 0x88BE and not sequence_present"),
        by("p", "gre.erspan", when="p == 0x88BE or p == 0x22EB"),
        by(1, "link", when="p == 0x6558 or p == 0x6400"),
        by("p", "ethertype", when="p == 0x0800 or p == 0x86DD or p == 0x0806 or p == 0x8847 or p == 0x8848 or p == 0x880B or p == 0x894F"),
    ),
):
    """Generic Routing Encapsulation"""

    #: dpkt sends what the flags say, whatever else was set.
    __lenient__: ClassVar[bool] = True

    class SRE(Part, size="4 + len"):
        """Source route entry (RFC 1701); the one without bytes is the last."""

        family: u16 = field(0, "gre.routing.address_family")
        off: u8 = field(0, "gre.routing.sre_offset")
        len: u8 = length(0, "gre.routing.src_length", of="part", value="size - 4")
        data: bytes = payload("len")
        info: bytes = reading("data", raw("rest"), "gre.routing.information")

    flags: u16 = field(0, "gre.flags_and_version", base="hex")
    checksum_present: bool = bits(1, 0, "gre.flags.checksum")
    routing_present: bool = bits(1, 0, "gre.flags.routing")
    key_present: bool = bits(1, 0, "gre.flags.key")
    sequence_present: bool = bits(1, 0, "gre.flags.sequence_number")
    strict_route: bool = bits(1, 0, "gre.flags.strict_source_route")
    recur: u16 = bits(3, 0, "gre.flags.recursion_control")
    ack_present: bool = bits(1, 0)
    _reserved: int = bits(4, 0)
    v: u16 = bits(3, 0, "gre.flags.version")
    p: u16 = field(0x0800, "gre.proto", base="hex")
    sum: u16 = when("checksum_present or routing_present", checksum(0, "gre.checksum", how="inet", base="hex"))
    off: u16 = when("checksum_present or routing_present", field(0, "gre.offset"))
    # RFC 2637, 4.1: version 1 has the payload's length and the call where version 0 has a key.
    len: u16 = when(
        "key_present and v == 1",
        length(0, "gre.key.payload_length", of="layer", value="size - 8 - 4 * sequence_present - 4 * ack_present"),
    )
    callid: u16 = when("key_present and v == 1", field(0, "gre.key.call_id"))
    key: u32 = when("key_present and v != 1", field(0, "gre.key", base="hex"))
    seq: u32 = when("sequence_present", field(0, "gre.sequence_number"))
    ack: u32 = when("ack_present and v == 1", field(0, "gre.ack_number"))
    sre: list[SRE] = when("routing_present", repeat(SRE, until="item.len == 0"))

    def opt_fields_fmts(self) -> tuple[list[str], list[str]]:
        """Return the names of the optional fields that are there, and their struct formats."""
        formats = {"sum": "H", "off": "H", "len": "H", "callid": "H", "key": "I", "seq": "I", "ack": "I"}
        there = [name for name in formats if getattr(self, name, None) is not None]
        return there, [formats[name] for name in there]
