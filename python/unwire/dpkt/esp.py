"""dpkt.esp: the IPsec encapsulated payload. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.esp import ESP as ESP
