"""The header that WCCP version 2 puts between GRE and a redirected packet (draft-wilson-wrec-wccp-v2, 5.12.3)."""

from unwire.declare import Packet, bits, by, field, u8


class WCCPRedirect(Packet, name=None, over={"gre.proto": 0x883E}, when="peek(1) >> 4 != 4", next=by(0x0800, "ethertype")):
    """WCCP Redirect Header"""

    _flags: u8 = field(0)
    _reserved: int = bits(5, 0)
    header_valid: bool = bits(1, 0, "gre.wccp.redirect_header_valid")
    alternative_used: bool = bits(1, 0, "gre.wccp.alternative_bucket_used")
    dynamic: bool = bits(1, 0, "gre.wccp.dynamic_service")
    service_id: u8 = field(0, "gre.wccp.service_id")
    alternative_bucket: u8 = field(0, "gre.wccp.alternative_bucket")
    primary_bucket: u8 = field(0, "gre.wccp.primary_bucket")


class WCCPPlain(Packet, name=None, over={"gre.proto": 0x883E}, when="peek(1) >> 4 == 4", next=by(0x0800, "ethertype")):
    """A packet redirected by WCCP version 1: no header at all"""
