"""UDP-Lite (RFC 3828): UDP with a checksum over part of the datagram."""

from unwire.declare import Packet, by, checksum, field, u16


class UDPLite(Packet, over={"ip.proto": 136}, next=by(("dport", "sport"), "udp.port"), info="{sport} → {dport}"):
    """Lightweight User Datagram Protocol"""

    sport: u16 = field(0, "udp.srcport", also="udp.port")
    dport: u16 = field(0, "udp.dstport", also="udp.port")
    # RFC 3828 section 3.1: zero means all of the datagram.
    coverage: u16 = field(0, "udp.checksum_coverage")
    sum: u16 = checksum(0, "udp.checksum", how="inet", pseudo=True, over="min(coverage, left) if coverage else left", base="hex")
