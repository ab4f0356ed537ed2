"""Multiprotocol Label Switching: the label stack (RFC 3032) and pseudowires' control word (RFC 4385)."""

from typing import ClassVar

from unwire.declare import Packet, bits, by, field, u8, u16, u32


class MPLSlabel(
    Packet,
    name="mpls",
    over={"ethertype": (0x8847, 0x8848), "ppp.protocol": (0x0281, 0x0283), "ip.proto": 137, "udp.port": 6635},
    next=(
        by(0, "mpls", when="s == 0"),
        by("val", "mpls.label"),
        # RFC 4928 section 3: nothing names the payload, so routers look at its first nibble, and a pseudowire's is kept off 4 and 6.
        by("peek(1) >> 4", "ip.version", when="peek(1) >> 4 == 4 or peek(1) >> 4 == 6"),
        by("peek(1) >> 4", "mpls.pw", via="pwethheuristic"),
    ),
    fold="Ethernet.mpls_labels",
):
    """MultiProtocol Label Switching Header"""

    __header_only__: ClassVar[bool] = True

    _val_exp_s_ttl: u32 = field(0)
    val: u32 = bits(20, 0, "mpls.label")
    exp: u32 = bits(3, 0, "mpls.exp")
    s: u32 = bits(1, 0, "mpls.bottom")
    ttl: u32 = bits(8, 0, "mpls.ttl")

    def as_tuple(self) -> tuple[int, int, int]:
        """Return label, traffic class and time to live, dpkt's older view of a label"""
        return self.val, self.exp, self.ttl


class MPLSlabelBelow(MPLSlabel, name=None, over={"mpls": 0}, fold="Ethernet.mpls_labels"):
    """MultiProtocol Label Switching Header"""

    __shown_as__: ClassVar[type] = MPLSlabel


class PWControlWord(Packet, name="pwethcw", over={"mpls.pw": 0}, next=by(1, "link"), fold="Ethernet._control_words"):
    """PW Ethernet Control Word"""

    # RFC 4385 section 3: a first nibble of 0, flags and length, then the sequence number (RFC 4448 section 4.6).
    _word: u16 = field(0)
    nibble: u8 = bits(4, 0)
    sequence_number: u16 = field(0, "pweth.cw.sequence_number")
