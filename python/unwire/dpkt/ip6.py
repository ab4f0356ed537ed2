"""dpkt.ip6: IPv6, its extension headers, and which number means which of them. Constants and re-exports only."""

import struct as struct

from unwire.declare import Packet
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ip as ip
from unwire.dpkt import tcp as tcp
from unwire.dpkt.compat import compat_ord as compat_ord
from unwire.dpkt.utils import inet_to_str as inet_to_str
from unwire.protocols.ip6 import IP6 as IP6
from unwire.protocols.ip6 import IP6ExtensionHeader as IP6ExtensionHeader
from unwire.protocols.ip6_fragment import IP6FragmentHeader as IP6FragmentHeader
from unwire.protocols.ip6_ipsec import IP6AHHeader as IP6AHHeader
from unwire.protocols.ip6_ipsec import IP6ESPHeader as IP6ESPHeader
from unwire.protocols.ip6_options import IP6DstOptsHeader as IP6DstOptsHeader
from unwire.protocols.ip6_options import IP6HopOptsHeader as IP6HopOptsHeader
from unwire.protocols.ip6_options import IP6OptsHeader as IP6OptsHeader
from unwire.protocols.ip6_routing import IP6RoutingHeader as IP6RoutingHeader

#: The numbers of extension headers, in the order of RFC 8200 section 4.1.
EXT_HDRS = [ip.IP_PROTO_HOPOPTS, ip.IP_PROTO_ROUTING, ip.IP_PROTO_FRAGMENT, ip.IP_PROTO_AH, ip.IP_PROTO_ESP, ip.IP_PROTO_DSTOPTS]

EXT_HDRS_CLS: dict[int, type[Packet]] = {
    ip.IP_PROTO_HOPOPTS: IP6HopOptsHeader,
    ip.IP_PROTO_ROUTING: IP6RoutingHeader,
    ip.IP_PROTO_FRAGMENT: IP6FragmentHeader,
    ip.IP_PROTO_ESP: IP6ESPHeader,
    ip.IP_PROTO_AH: IP6AHHeader,
    ip.IP_PROTO_DSTOPTS: IP6DstOptsHeader,
}
