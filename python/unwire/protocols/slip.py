"""Serial Line IP as captures hold it: LINKTYPE_SLIP's header (direction, and what the line carried of the headers), then the datagram
(RFC 1055, RFC 1144).
"""

from unwire.declare import Packet, bits, by, field, raw, u8


class SLIP(Packet, over={"link": 8}, next=by("peek(1) >> 4", "ip.version")):
    """Serial Line IP"""

    direction: u8 = field(0, "slip.direction", names={0: "Received", 1: "Sent"})
    # RFC 1144 section 3.2.2: 4 says that the line carried the datagram as it is, 7 that it carried a connection's number in its protocol
    # field, 8 and more that its header was compressed. Captures hold the datagram whole in all three cases.
    _kind: u8 = field(0x40)
    kind: u8 = bits(4, 4, "slip.kind")
    connection: u8 = bits(4, 0, "slip.connection")
    compressed: bytes = raw(14, bytes(14), "slip.compressed")
