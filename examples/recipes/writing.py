"""A TCP SYN made from nothing and written as a capture; its checksums are filled in. From a tutorial for dpkt."""

import sys
import time

from unwire import dpkt


def write_syn(path: str) -> None:
    """Write a capture of one packet."""
    # Create a new pcap file
    writer = dpkt.pcap.Writer(open(path, "wb"))

    # Craft and write a packet
    eth = dpkt.ethernet.Ethernet(
        dst=b"\xff\xff\xff\xff\xff\xff",
        src=b"\x00\x11\x22\x33\x44\x55",
        type=dpkt.ethernet.ETH_TYPE_IP,
    )
    ip = dpkt.ip.IP(
        src=b"\xc0\xa8\x01\x01",  # 192.168.1.1
        dst=b"\xc0\xa8\x01\x02",  # 192.168.1.2
        p=dpkt.ip.IP_PROTO_TCP,
    )
    tcp = dpkt.tcp.TCP(sport=12345, dport=80, flags=dpkt.tcp.TH_SYN)

    ip.data = tcp
    ip.len = len(ip)
    eth.data = ip

    writer.writepkt(bytes(eth), ts=time.time())
    writer.close()


if __name__ == "__main__":
    write_syn(sys.argv[1])
