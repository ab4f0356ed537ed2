"""The recipe most dpkt programs are: decode, take the 5-tuple, count. Shared by dpkt and by unwire.dpkt.

Only the imported module differs between the two, as it would in a program that changes over.
"""

from collections import Counter

from harness import report


def run(peer, dpkt):
    def recipe(path):
        ethernet, tcp, udp = dpkt.ethernet.Ethernet, dpkt.tcp.TCP, dpkt.udp.UDP
        ip4, ip6 = dpkt.ip.IP, dpkt.ip6.IP6
        flows, packets = Counter(), 0
        with open(path, "rb") as file:
            for _, data in dpkt.pcap.UniversalReader(file):
                packets += 1
                ip = ethernet(data).data
                if isinstance(ip, (ip4, ip6)):
                    segment = ip.data
                    if isinstance(segment, (tcp, udp)):
                        flows[ip.src, ip.dst, ip.p, segment.sport, segment.dport] += 1
        return packets, [len(flows), sum(flows.values())]

    report(peer, "recipe", recipe)
