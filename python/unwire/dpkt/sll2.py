"""dpkt.sll2: Linux cooked captures, version 2. Constants and re-exports only."""

from unwire.dpkt import arp as arp
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ethernet as ethernet
from unwire.protocols.sll2 import SLL2 as SLL2
