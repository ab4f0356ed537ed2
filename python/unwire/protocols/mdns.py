"""Multicast DNS (RFC 6762) and LLMNR (RFC 4795): DNS's messages on other ports."""

from unwire.declare import column
from unwire.protocols.dns import DNS


class MDNS(DNS, over={"udp.port": 5353}, name="mdns"):
    """Multicast DNS"""


class LLMNR(DNS, over={"udp.port": 5355}, name="llmnr"):
    """Link-Local Multicast Name Resolution"""

    # The bits mean something else here (RFC 4795 section 2.1.1).
    _ra: bool = column("ra")
    _ad: bool = column("ad")
