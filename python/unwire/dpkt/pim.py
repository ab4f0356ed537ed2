"""dpkt.pim: Protocol Independent Multicast. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.pim import PIM as PIM
