"""dpkt.igmp: the Internet Group Management Protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.igmp import IGMP as IGMP
