"""Datagram Congestion Control Protocol (RFC 4340), its header; options are kept as bytes."""

from unwire.declare import Packet, bits, by, checksum, column, field, length, raw, u8, u16, u24, u48, when


class DCCP(Packet, over={"ip.proto": 33}, next=by(("dport", "sport"), "dccp.port"), info="{sport} → {dport}"):
    """Datagram Congestion Control Protocol"""

    sport: u16 = field(0, "dccp.srcport", also="dccp.port")
    dport: u16 = field(0, "dccp.dstport", also="dccp.port")
    off: u8 = length(4, "dccp.data_offset", of="header", value="size // 4")
    _ccval_cscov: u8 = field(0)
    ccval: u8 = bits(4, 0, "dccp.ccval")
    cscov: u8 = bits(4, 0, "dccp.cscov")
    # RFC 4340 section 9.1: over header, options and as much data as the coverage says.
    sum: u16 = checksum(0, "dccp.checksum", how="inet", pseudo=True, over="min(left, 4 * off + 4 * (cscov - 1)) if cscov else left", base="hex")
    _type: u8 = field(0)
    res1: u8 = bits(3, 0, "dccp.res1", base="hex")
    type: u8 = bits(4, 0, "dccp.type", names={0: "Request", 1: "Response", 2: "Data", 3: "Ack", 4: "DataAck", 5: "CloseReq", 6: "Close", 7: "Reset"})
    x: bool = bits(1, 1, "dccp.x")
    res2: u8 = when("x", field(0, "dccp.res2", base="hex"))
    # Section 5.1: 48 bits where X is set, else 24.
    seq_long: u48 = when("x", u48)
    seq_short: u24 = when("not x", u24)
    seq: u48 = column("seq_long if x else seq_short", "dccp.seq_raw")
    rest: bytes = raw("max(4 * off - (16 if x else 12), 0)", b"")
