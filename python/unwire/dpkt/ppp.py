"""dpkt.ppp: the Point-to-Point Protocol. Constants and re-exports only."""

import struct as struct

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.ppp import PPP as PPP

PPP_IP = 0x21
PPP_IP6 = 0x57
PFC_BIT = 0x01
