"""dpkt.stp: the Spanning Tree Protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.stp import STP as STP
