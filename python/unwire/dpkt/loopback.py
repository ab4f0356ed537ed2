"""dpkt.loopback: the header of BSD loopback captures. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ethernet as ethernet
from unwire.dpkt import ip as ip
from unwire.dpkt import ip6 as ip6
from unwire.protocols.loopback import Loopback as Loopback
