"""dpkt.pppoe: PPP over Ethernet, and PPP without framing as it is carried there. Constants and re-exports only."""

import codecs as codecs
import struct as struct

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ppp as ppp
from unwire.protocols.pppoe import PPP as PPP
from unwire.protocols.pppoe import PPPoE as PPPoE

PPPoE_PADI = 0x09
PPPoE_PADO = 0x07
PPPoE_PADR = 0x19
PPPoE_PADS = 0x65
PPPoE_PADT = 0xA7
PPPoE_SESSION = 0x00
