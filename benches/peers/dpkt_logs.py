"""dpkt: the recipes for DNS, HTTP and TLS, packet by packet as they are usually written: what spans two segments is not seen."""

import dpkt
from harness import report


def logs(path):
    names, requests, hellos, packets = 0, 0, 0, 0
    with open(path, "rb") as file:
        for _, data in dpkt.pcap.UniversalReader(file):
            packets += 1
            ip = dpkt.ethernet.Ethernet(data).data
            segment = ip.data if isinstance(ip, (dpkt.ip.IP, dpkt.ip6.IP6)) else None
            try:
                if isinstance(segment, dpkt.udp.UDP) and 53 in (segment.sport, segment.dport):
                    names += bool(dpkt.dns.DNS(segment.data).qd)
                elif isinstance(segment, dpkt.tcp.TCP) and segment.data:
                    if segment.dport == 80:
                        requests += bool(dpkt.http.Request(segment.data).uri)
                    elif segment.sport == 80:
                        requests += bool(dpkt.http.Response(segment.data).status)
                    elif 443 in (segment.sport, segment.dport) and segment.data[0] == 22:
                        records, _ = dpkt.ssl.tls_multi_factory(segment.data)
                        hellos += sum(isinstance(dpkt.ssl.TLSHandshake(one.data).data, dpkt.ssl.TLSClientHello) for one in records)
            except (dpkt.UnpackError, dpkt.ssl.SSL3Exception, IndexError, ValueError):
                continue
    return packets, [names, requests, hellos]


report("dpkt", "logs", logs)
