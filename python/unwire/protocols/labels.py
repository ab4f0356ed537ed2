"""What numbers that several protocols have are called, in Wireshark's words: IANA's protocol numbers and IEEE's ethertypes, the common ones."""

PROTOCOLS = {
    1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 17: "UDP", 41: "IPv6", 47: "Generic Routing Encapsulation", 50: "Encap Security Payload",
    51: "Authentication Header", 58: "ICMPv6", 89: "OSPF IGP", 103: "PIM", 112: "VRRP", 132: "SCTP",
}  # fmt: skip
ETHERTYPES = {
    0x0800: "IPv4", 0x0806: "ARP", 0x8035: "RARP", 0x8100: "802.1Q Virtual LAN", 0x86DD: "IPv6", 0x8847: "MPLS label switched packet",
    0x8863: "PPPoE Discovery", 0x8864: "PPPoE Session", 0x888E: "802.1X Authentication", 0x88A8: "802.1ad Provider Bridge (Q-in-Q)",
    0x88CC: "802.1 Link Layer Discovery Protocol (LLDP)",
}  # fmt: skip
