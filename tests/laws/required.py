"""What a packet of some classes needs beside the defaults to mean something to its readers: what it carries, or the fields without which it is
another. Used by test_tshark.py; nothing is tested here.
"""

from __future__ import annotations

from typing import Any

from unwire.dpkt.ethernet import Ethernet
from unwire.dpkt.icmp import ICMP
from unwire.dpkt.icmp6 import ICMP6
from unwire.dpkt.ip import IP
from unwire.dpkt.ip6 import IP6
from unwire.dpkt.llc import LLC
from unwire.dpkt.udp import UDP
from unwire.protocols import aoeata, babel, dns, ieee80211, ieee80211_mgmt, lacp, lldp, loop, ospf, ospf3, ospf_lsa, pim, pppoe

_FOUR, _SIX = IP(p=253), IP6(nxt=59)
_FRAME = Ethernet(src=b"\0\0\x0c\0\0\1", dst=b"\0\0\x0c\0\0\2", data=_FOUR)
#: A DTLS record of one octet.
_DTLS = bytes.fromhex("17fefd0001000000000000000100")
_LLC = LLC(dsap=0xAA, ssap=0xAA, ctl=3, oui=0, type=0x0800, data=_FOUR)
_LACP = [lacp.Actor(), lacp.Partner(), lacp.Collector(), lacp.LACPTLV(data=bytes(50))]
_NETWORK = [ieee80211_mgmt.IE(id=0, data=b"net")]

#: Classes that need the same.
_ALIKE: list[tuple[str, dict[str, Any]]] = [
    (
        "avsp.AVSP chdlc.CHDLC ethernet.Ethernet icmp.ICMP.Redirect ieee8021ad.IEEE8021ad ieee8021ah.IEEE8021ah ip.IPOther ipnet.IPNET ipoib.IPoIB "
        "lisp_data.LISPData nsh.NSH pim.PIMRegister ppp.PPP pppoe.PPP raw.Raw slip.SLIP sll.SLL sll2.SLL2 vlan.VLANtag8021Q "
        "vntag.VNTag wccp_redirect.WCCPPlain wccp_redirect.WCCPRedirect",
        {"data": _FOUR},
    ),
    (
        "etherip.EtherIP erspan.ERSPAN1 erspan.ERSPAN2 erspan.ERSPAN3 geneve.Geneve mpls.PWControlWord pktap.PKTAP ppi.PPI vxlan.VXLAN "
        "vxlan_gpe.VXLANGPE capwap.CAPWAPData",
        {"data": _FRAME},
    ),
    (
        "ip6.IP6 ip6_fragment.IP6FragmentHeader ip6_ipsec.IP6AHHeader ip6_routing.IP6RoutingHeader",
        {"nxt": 59},
    ),
    ("icmp6.ICMP6.Unreach icmp6.ICMP6.TooBig icmp6.ICMP6.TimeExceed icmp6.ICMP6.ParamProb teredo.Teredo ayiya.AYIYA", {"data": _SIX}),
    # Padding of one option, not of single octets: tshark reads the length that a last octet of padding does not have.
    ("ip6_options.IP6HopOptsHeader ip6_options.IP6DstOptsHeader", {"nxt": 59, "opts": b"\1\4\0\0\0\0"}),
    ("capwap.CAPWAPSecured capwap.CAPWAPDataSecured", {"data": _DTLS}),
    (
        "ieee80211_mgmt.Beacon ieee80211_mgmt.AssocReq ieee80211_mgmt.AssocResp ieee80211_mgmt.ReassocReq ieee80211_mgmt.ProbeRequest",
        {"ies": _NETWORK},
    ),
]
#: By class: values of its fields.
REQUIRED: dict[str, dict[str, Any]] = {
    **{name: values for names, values in _ALIKE for name in names.split()},
    "ah.AH": {"nxt": 17, "data": UDP()},
    "aoe.AOE": {"data": aoeata.AOEATA()},
    "babel.Babel": {"tlvs": [babel.BabelTLV(type=4, body=bytes(6))]},
    "can.CAN": {"id": 0x710, "data": b"abc"},
    "can.CANFD": {"id": 0x710, "fd_flags": 4, "data": bytes(64)},
    "can.CookedCAN": {"id": 0x710, "data": b"abc"},
    "can.CookedCANFD": {"id": 0x710, "data": bytes(64)},
    "capwap.CAPWAP": {"data": bytes.fromhex("00000001 00 0003 00")},
    "chdlc.SLARP": {"ptype": 2, "data": bytes.fromhex("ffff00000000")},
    "dccp.DCCP": {"type": 2},
    "mdns.DNSLength": {"data": dns.DNS()},
    "doip.DoIP": {"type": 1},
    "eapol.EAPOL": {"type": 1},
    "fddi.FDDI": {"data": _LLC},
    "fr.FrameRelay": {"data": _FOUR},
    "http_heads.SSDP": {"_heads": b"NOTIFY * HTTP/1.1\r\n\r\n"},
    "icmp.ICMP": {"data": ICMP.Echo()},
    "icmp6.ICMP6": {"type": 128, "data": ICMP6.Echo()},
    "ieee80211.AMSDUSubframe": {"data": _LLC},
    "ieee80211_mgmt.Action": {"category": 127, "data": bytes.fromhex("001018616263")},
    "ieee80211.IEEE80211": {"data": _LLC},
    "igmp.IGMP": {"type": 0x16},
    "l2tp.L2TPoverIP": {"session": 1, "data": b"abcd"},
    "lacp.LACP": {"tlvs": _LACP},
    "lldp.LLDP": {"tlvs": [lldp.ChassisId(id=bytes(6)), lldp.PortId(id=bytes(6)), lldp.TimeToLive(), lldp.LLDPTLV()]},
    "loopback.LoopbackType": {"_other": 2, "data": _FOUR},
    "loop.Loop": {"functions": [loop.LoopFunction()]},
    "macsec.MACsec": {"data": bytes(30)},
    "mpls.MPLSlabel": {"s": 1, "data": _FOUR},
    "mpls.MPLSlabelBelow": {"s": 1, "data": _FOUR},
    "omron.OMRON": {"data": bytes.fromhex("00cccccc0001")},
    "omron.OMRONOverTCP": {"data": bytes.fromhex("00cccccc0001")},
    "omron.OMRONTCP": {"tcp_command": 0},
    "ospf.OSPFAcknowledgment": {"lsas": [ospf_lsa.LSAHeader(len=24)]},
    "ospf.OSPFRequest": {"wanted": [ospf.OSPFWanted()]},
    "ospf3.OSPF3Acknowledgment": {"lsas": [ospf3.OSPF3LSAHeader()]},
    "ospf3.OSPF3Request": {"wanted": [ospf3.OSPF3Wanted()]},
    "pim.PIMHello": {"options": [pim.PIMHoldtime()]},
    "pppoe.PPPoE": {"data": pppoe.PPP(p=0x21, data=_FOUR)},
    "pptp.PPTP": {"type": 5, "data": bytes(4)},
    "radiotap.Radiotap": {"data": ieee80211.IEEE80211(data=_LLC)},
    "slow.Slow": {"data": lacp.LACP(tlvs=_LACP)},
    "srvloc.SRVLOC1": {"data": bytes(10)},
    "srvloc.SRVLOC2": {"data": bytes(10)},
    "synphasor.Synphasor": {"type": 4, "data": bytes.fromhex("00006d04")},
    "wireguard.WireGuard": {"data": bytes(16)},
}  # fmt: skip

#: Which of several carriers is Wireshark's, too.
VIA = {
    "cdp.CDP": "llc.LLC",
    "dtp.DTP": "llc.LLC",
    "edp.EDP": "llc.LLC",
    "icmp6.ICMP6": "ip6.IP6",
    "ieee80211.IEEE80211": "link",
    "ospf3.OSPF3": "ip6.IP6",
    "ppp.PPP": "link",
    "wccp_redirect.WCCPPlain": "gre.GRE",
    "wccp_redirect.WCCPRedirect": "gre.GRE",
    "ip6_fragment.IP6FragmentHeader": "ip6.IP6",
    "ip6_options.IP6DstOptsHeader": "ip6.IP6",
    "ip6_options.IP6HopOptsHeader": "ip6.IP6",
    "ip6_routing.IP6RoutingHeader": "ip6.IP6",
}

#: Where a class stands that no link leads to, as TCP's payload is bytes: what carries it, with which values.
PLACED: dict[str, tuple[str, dict[str, Any]]] = {
    "aoeata.AOEATAResult": ("aoe.AOE", {"fl": 8, "cmd": 0}),
    "http.Request": ("tcp.TCP", {"dport": 80, "flags": 0x18}),
    "http.Response": ("tcp.TCP", {"sport": 80, "dport": 50_000, "flags": 0x18}),
    "ieee80211.AMSDUSubframe": ("ieee80211.IEEE80211", {"subtype": 8, "qos": 0x80}),
    "ssl.TLS": ("tcp.TCP", {"dport": 443, "flags": 0x18}),
    "ssl.TLSRecord": ("tcp.TCP", {"dport": 443, "flags": 0x18}),
    "ssl.SSL2": ("tcp.TCP", {"dport": 443, "flags": 0x18}),
    "ssl.TLSAlert": ("ssl.TLSRecord", {"type": 21}),
    "ssl.TLSChangeCipherSpec": ("ssl.TLSRecord", {"type": 20}),
    "ssl_handshake.TLSHandshake": ("ssl.TLSRecord", {"type": 22}),
    "ssl_handshake.TLSHelloRequest": ("ssl_handshake.TLSHandshake", {"type": 0}),
    "ssl_handshake.TLSClientHello": ("ssl_handshake.TLSHandshake", {"type": 1}),
    "ssl_handshake.TLSServerHello": ("ssl_handshake.TLSHandshake", {"type": 2}),
    "ssl_handshake.TLSCertificate": ("ssl_handshake.TLSHandshake", {"type": 11}),
    "ssl_handshake.TLSUnknownHandshake": ("ssl_handshake.TLSHandshake", {"type": 14}),
}
