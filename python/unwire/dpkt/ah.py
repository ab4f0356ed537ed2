"""dpkt.ah: the IPsec authentication header. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ip as ip
from unwire.protocols.ah import AH as AH
