"""dpkt.sll: Linux cooked captures. Constants and re-exports only."""

from unwire.dpkt import arp as arp
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ethernet as ethernet
from unwire.protocols.sll import SLL as SLL
