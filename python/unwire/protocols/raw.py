"""Captures that begin with an IP header (LINKTYPE_RAW and the values that BSD systems wrote for it)."""

from unwire.declare import Packet, by


class Raw(Packet, name="raw", over={"link": (12, 14, 101)}, next=by("peek(1) >> 4", "ip.version")):
    """Raw packet data"""
