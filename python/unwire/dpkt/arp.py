"""dpkt.arp: the Address Resolution Protocol. Constants and re-exports only."""

from unwire.dpkt import dpkt as dpkt
from unwire.protocols.arp import ARP as ARP

ARP_HRD_ETH = 1
ARP_HRD_IEEE802 = 6
ARP_PRO_IP = 0x0800
ARP_OP_REQUEST = 1
ARP_OP_REPLY = 2
ARP_OP_REVREQUEST = 3
ARP_OP_REVREPLY = 4
