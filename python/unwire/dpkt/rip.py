"""dpkt.rip: the Routing Information Protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.rip import RIP as RIP
from unwire.protocols.rip import RTE as RTE
from unwire.protocols.rip import Auth as Auth

REQUEST = 1
RESPONSE = 2
