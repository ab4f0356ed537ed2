"""dpkt.gre: Generic Routing Encapsulation, and its flags. Constants and re-exports only."""

import codecs as codecs
import struct as struct

from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ethernet as ethernet
from unwire.dpkt.compat import compat_izip as compat_izip
from unwire.protocols.gre import GRE as GRE

GRE_CP = 0x8000
GRE_RP = 0x4000
GRE_KP = 0x2000
GRE_SP = 0x1000
GRE_SS = 0x0800
GRE_AP = 0x0080

#: Which flags bring which optional field, and its struct format.
GRE_opt_fields = (
    (GRE_CP | GRE_RP, "sum", "H"),
    (GRE_CP | GRE_RP, "off", "H"),
    (GRE_KP, "key", "I"),
    (GRE_SP, "seq", "I"),
    (GRE_AP, "ack", "I"),
)
