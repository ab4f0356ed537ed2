"""dpkt.vrrp: the Virtual Router Redundancy Protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.vrrp import VRRP as VRRP
