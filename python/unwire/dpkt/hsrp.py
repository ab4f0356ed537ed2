"""dpkt.hsrp: Cisco's hot standby protocol, its operations and states. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.hsrp import HSRP as HSRP

HELLO = 0
COUP = 1
RESIGN = 2
INITIAL = 0
LEARN = 1
LISTEN = 2
SPEAK = 4
STANDBY = 8
ACTIVE = 16
