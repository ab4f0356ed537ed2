"""dpkt.loopback: the header of BSD loopback captures. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.loopback import Loopback as Loopback
