"""What client and server said in each TCP connection, in the order of arrival. From a tutorial for dpkt."""

import socket
import sys
from collections import defaultdict

from unwire import dpkt

Side = tuple[str, int]


class TCPFlow:
    """One connection: what either side said."""

    def __init__(self) -> None:
        self.client_data = bytearray()
        self.server_data = bytearray()
        self.packets = 0

    def add_packet(self, is_client: bool, data: bytes) -> None:
        """Append a segment's data. Nothing is put in order here: a segment sent twice is there twice."""
        self.packets += 1
        if is_client:
            self.client_data.extend(data)
        else:
            self.server_data.extend(data)


def reconstruct_flows(pcap_path: str) -> dict[tuple[Side, Side], TCPFlow]:
    """Reconstruct the TCP flows of a capture, by client and server."""
    flows: dict[tuple[Side, Side], TCPFlow] = defaultdict(TCPFlow)
    syn_tracker: set[tuple[Side, Side]] = set()

    with open(pcap_path, "rb") as f:
        for _ts, buf in dpkt.pcap.Reader(f):
            # Mended: a frame shorter than 14 bytes ended the tutorial's program.
            try:
                eth = dpkt.ethernet.Ethernet(buf)
            except dpkt.NeedData:
                continue
            if not isinstance(eth.data, dpkt.ip.IP):
                continue

            ip = eth.data
            if not isinstance(ip.data, dpkt.tcp.TCP):
                continue

            tcp = ip.data
            src = (socket.inet_ntoa(ip.src), tcp.sport)
            dst = (socket.inet_ntoa(ip.dst), tcp.dport)

            # Who sends the first SYN is the client.
            if tcp.flags & dpkt.tcp.TH_SYN and not (tcp.flags & dpkt.tcp.TH_ACK):
                syn_tracker.add((src, dst))

            # The key is always client, server.
            if (src, dst) in syn_tracker:
                flow_key = (src, dst)
                is_client = True
            elif (dst, src) in syn_tracker:
                flow_key = (dst, src)
                is_client = False
            else:
                flow_key = (min(src, dst), max(src, dst))
                is_client = src == flow_key[0]

            if len(tcp.data) > 0:
                flows[flow_key].add_packet(is_client, tcp.data)

    return dict(flows)


if __name__ == "__main__":
    for (client, server), flow in reconstruct_flows(sys.argv[1]).items():
        print(f"{client} -> {server}: {flow.packets} packets, {len(flow.client_data)} bytes sent, {len(flow.server_data)} received")
