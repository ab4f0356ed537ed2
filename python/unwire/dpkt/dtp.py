"""dpkt.dtp: Cisco's trunking protocol, and the types of its TLVs. Constants and re-exports only."""

import struct as struct

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.dtp import DTP as DTP

TRUNK_NAME = 0x01
MAC_ADDR = 0x04
