"""TCP's options, all of them, for dpkt (`parse_opts`) and for unwire (typed objects), over segments that are in memory.

Both get the same objects of their own package with the same bytes; only the reading of options is timed.
"""

import sys

from harness import report


def segments(path, dpkt):
    """The segments of the capture's packets that have options, as objects."""
    with open(path, "rb") as file:
        for _, data in dpkt.pcap.UniversalReader(file):
            ip = dpkt.ethernet.Ethernet(data).data
            if isinstance(ip, (dpkt.ip.IP, dpkt.ip6.IP6)) and isinstance(ip.data, dpkt.tcp.TCP) and ip.data.opts:
                yield ip.data


def run(peer):
    if peer == "dpkt":
        import dpkt

        def options(tcp):
            return len(dpkt.tcp.parse_opts(tcp.opts))
    else:
        from unwire import dpkt

        def options(tcp):
            return len(tcp.options.all)

    def work(found):
        count = 0
        for tcp in found:
            count += options(tcp)
        return len(found), [count]

    found = list(segments(sys.argv[1], dpkt))
    report(peer, "options", lambda _: work(found))


run(sys.argv[2])
