"""DNS's messages elsewhere: Multicast DNS (RFC 6762) and LLMNR (RFC 4795) on other ports, and over TCP behind their length."""

from unwire.declare import Packet, by, column, length, u16
from unwire.protocols.dns import DNS
from unwire.protocols.numbers.dns import INFO


class MDNS(DNS, over={"udp.port": 5353}, name="mdns", info=INFO):
    """Multicast DNS"""


class LLMNR(DNS, over={"udp.port": 5355}, name="llmnr", info=INFO):
    """Link-Local Multicast Name Resolution"""

    # The bits mean something else here (RFC 4795 section 2.1.1).
    _aa: bool = column("aa", "dns.flags.conflict")
    _rd: bool = column("rd", "dns.flags.tentative")
    _ra: bool = column("ra")
    _zero: bool = column("zero")
    _ad: bool = column("ad")
    _cd: bool = column("cd")


# RFC 1035 section 4.2.2. A segment that holds one message and nothing else; other messages are found in the stream.
class DNSLength(Packet, over={"tcp.port": 53}, name=None, next=by(0, "dns.tcp", strict=True), when="captured >= 14 and peek(2) == captured - 2"):
    """The length of a message over TCP"""

    length: u16 = length(12, "dns.length", of="layer", value="size - 2")
