"""dpkt.aoe: ATA over Ethernet. Constants and re-exports only."""

import struct as struct

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt.compat import iteritems as iteritems
from unwire.protocols.aoe import AOE as AOE

AOE_CMD_ATA = 0
AOE_CMD_CFG = 1
AOE_FLAG_RSP = 0x08
