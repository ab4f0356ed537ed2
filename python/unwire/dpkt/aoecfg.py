"""dpkt.aoecfg: ATA over Ethernet, the configuration command. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.aoecfg import AOECFG as AOECFG
