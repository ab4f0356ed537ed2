"""Time and size of every packet of a capture, as a tutorial for dpkt prints them. Nothing is decoded here."""

import sys

from unwire import dpkt


def read_pcap(path: str) -> None:
    """Print the packets of a pcap file."""
    with open(path, "rb") as f:
        reader = dpkt.pcap.Reader(f)
        for ts, buf in reader:
            print(f"Timestamp: {ts}, Size: {len(buf)}")


def read_pcapng(path: str) -> None:
    """Print the packets of a pcapng file."""
    with open(path, "rb") as f:
        reader = dpkt.pcapng.Reader(f)
        for ts, buf in reader:
            print(f"Timestamp: {ts}, Size: {len(buf)}")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        read_pcapng(path) if path.endswith(".pcapng") else read_pcap(path)
