"""dpkt.ethernet: Ethernet, its tags and labels, and the numbers of what it carries. Constants and re-exports only."""

from typing import TYPE_CHECKING, Any
from zlib import crc32 as crc32

from unwire.dpkt import _old_names
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import llc as llc
from unwire.dpkt.compat import compat_ord as compat_ord
from unwire.dpkt.compat import isstr as isstr
from unwire.dpkt.compat import iteritems as iteritems
from unwire.dpkt.utils import mac_to_str as mac_to_str
from unwire.protocols.ethernet import Ethernet as Ethernet
from unwire.protocols.isl import VLANtagISL as VLANtagISL
from unwire.protocols.mpls import MPLSlabel as MPLSlabel
from unwire.protocols.vlan import VLANtag8021Q as VLANtag8021Q

ETH_CRC_LEN = 4
ETH_HDR_LEN = 14
ETH_LEN_MIN = 64
ETH_LEN_MAX = 1518
ETH_MTU = 1500
ETH_MIN = 46
ETH_TYPE_UNKNOWN = 0x0000
ETH_TYPE_EDP = 0x00BB
ETH_TYPE_PUP = 0x0200
ETH_TYPE_IP = 0x0800
ETH_TYPE_ARP = 0x0806
ETH_TYPE_AOE = 0x88A2
ETH_TYPE_CDP = 0x2000
ETH_TYPE_DTP = 0x2004
ETH_TYPE_REVARP = 0x8035
ETH_TYPE_8021Q = 0x8100
ETH_TYPE_8021AD = 0x88A8
ETH_TYPE_QINQ1 = 0x9100
ETH_TYPE_QINQ2 = 0x9200
ETH_TYPE_IPX = 0x8137
ETH_TYPE_IP6 = 0x86DD
ETH_TYPE_PPP = 0x880B
ETH_TYPE_MPLS = 0x8847
ETH_TYPE_MPLS_MCAST = 0x8848
ETH_TYPE_PPPoE_DISC = 0x8863
ETH_TYPE_PPPoE = 0x8864
ETH_TYPE_LLDP = 0x88CC
ETH_TYPE_TEB = 0x6558
ETH_TYPE_PROFINET = 0x8892

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        return _old_names.find("ethernet", name)
