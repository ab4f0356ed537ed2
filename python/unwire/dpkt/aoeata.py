"""dpkt.aoeata: ATA over Ethernet, the ATA command. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.aoeata import AOEATA as AOEATA

ATA_DEVICE_IDENTIFY = 0xEC
