"""dpkt.edp: Extreme Networks' discovery protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.edp import EDP as EDP
