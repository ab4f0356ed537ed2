"""User Datagram Protocol (RFC 768)."""

from unwire.declare import Packet, by, checksum, field, length, u16


class UDP(
    Packet,
    over={"ip.proto": 17},
    next=(by(("dport", "sport"), "udp.port"), by((0,), "udp")),
    size="ulen if ulen else left",
    flow={"source": "sport", "target": "dport"},
    told={"udp.stream": "number", "udp.time_relative": "since_first", "udp.time_delta": "since_previous"},
    info="{sport} → {dport} Len={ulen}",
    aliases={"src_port": "udp.srcport", "dst_port": "udp.dstport", "length": "udp.length", "checksum": "udp.checksum", "data": "udp:"},
):
    """User Datagram Protocol"""

    sport: u16 = field(0xDEAD, "udp.srcport", also="udp.port")
    dport: u16 = field(0, "udp.dstport", also="udp.port")
    ulen: u16 = length(8, "udp.length", of="layer")
    # RFC 768: zero means "no checksum", so a computed zero is sent as all ones.
    sum: u16 = checksum(0, "udp.checksum", how="inet", zero="absent", pseudo=True, base="hex")
