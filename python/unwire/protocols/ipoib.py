"""IP over InfiniBand (RFC 4391), as LINKTYPE_IPOIB captures it."""

from unwire.declare import Ip6, Packet, by, field, raw, u8, u16, u24


class IPoIB(Packet, over={"link": 242}, next=by("type", "ethertype")):
    """IP over Infiniband"""

    sender: bytes = raw(20, bytes(20))
    # RFC 4391 section 9.1.1: a hardware address is a reserved byte, the queue pair and the port's identifier.
    _reserved: u8 = field(0)
    qpn: u24 = field(0, "ipoib.daddr.qpn", base="hex")
    gid: Ip6 = field(bytes(16), "ipoib.dgid")
    type: u16 = field(0x0800, "ipoib.type", base="hex")
    reserved: u16 = field(0, "ipoib.reserved", base="hex")
