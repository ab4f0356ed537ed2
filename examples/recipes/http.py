"""Requests and responses of HTTP, packet by packet. From a tutorial for dpkt; below it the way that misses nothing."""

import socket
import sys
from typing import Any

from unwire import dpkt


def extract_http(pcap_path: str) -> list[dict[str, Any]]:
    """Extract the requests and responses that one packet holds."""
    results = []

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
            if len(tcp.data) == 0:
                continue

            try:
                http = dpkt.http.Request(tcp.data)
                results.append(
                    {
                        "type": "request",
                        "method": http.method,
                        "uri": http.uri,
                        "host": http.headers.get("host", ""),
                        "user_agent": http.headers.get("user-agent", ""),
                        # Mended: the tutorial does not import socket.
                        "src": socket.inet_ntoa(ip.src),
                    }
                )
            except (dpkt.dpkt.NeedData, dpkt.dpkt.UnpackError):
                pass

            try:
                response = dpkt.http.Response(tcp.data)
                results.append(
                    {
                        "type": "response",
                        "status": response.status,
                        "reason": response.reason,
                        "content_type": response.headers.get("content-type", ""),
                        "content_length": response.headers.get("content-length", ""),
                    }
                )
            except (dpkt.dpkt.NeedData, dpkt.dpkt.UnpackError):
                pass

    return results


if __name__ == "__main__":
    for result in extract_http(sys.argv[1]):
        print(result)
