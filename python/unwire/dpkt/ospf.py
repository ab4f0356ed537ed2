"""dpkt.ospf: Open Shortest Path First, and its kinds of authentication. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.ospf import OSPF as OSPF

AUTH_NONE = 0
AUTH_PASSWORD = 1
AUTH_CRYPTO = 2
