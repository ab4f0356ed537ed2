"""dpkt.ipx: Novell's internetwork protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.ipx import IPX as IPX

IPX_HDR_LEN = 30
