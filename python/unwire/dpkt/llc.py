"""dpkt.llc: logical link control and its access protocol. Constants and re-exports only."""

import struct as struct

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import stp as stp
from unwire.protocols.llc import LLC as LLC
