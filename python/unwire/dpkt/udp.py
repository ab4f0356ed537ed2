"""dpkt.udp: the User Datagram Protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.udp import UDP as UDP

UDP_HDR_LEN = 8
UDP_PORT_MAX = 65535
