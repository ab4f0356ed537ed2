"""The hellos of TLS, packet by packet. From a tutorial for dpkt, which this program runs as it stands: there `tls.version` is no pair."""

import socket
import sys
from typing import Any

from unwire import dpkt


def extract_tls_handshakes(pcap_path: str) -> list[dict[str, Any]]:
    """Extract the clients' hellos that one packet holds, with the server's name."""
    results = []

    with open(pcap_path, "rb") as f:
        for ts, buf in dpkt.pcap.Reader(f):
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
            if len(tcp.data) < 5:
                continue

            # A record with handshake messages.
            if tcp.data[0] != 0x16:
                continue

            try:
                tls = dpkt.ssl.TLSRecord(tcp.data)
                # A client's hello.
                if isinstance(tls.data, bytes) and len(tls.data) > 0 and tls.data[0] == 0x01:
                    entry = {
                        "timestamp": ts,
                        "src": socket.inet_ntoa(ip.src),
                        "dst": socket.inet_ntoa(ip.dst),
                        "dst_port": tcp.dport,
                        "tls_version": f"{tls.version[0]}.{tls.version[1]}",
                        "sni": _extract_sni(tls.data),
                    }
                    results.append(entry)
            except (dpkt.dpkt.NeedData, dpkt.dpkt.UnpackError):
                continue

    return results


def _extract_sni(handshake_data: bytes) -> str | None:
    """Return the server's name. Mended: the tutorial looks for the first two zeros, which may be anything."""
    hello = dpkt.ssl.TLSHandshake(handshake_data).data
    for number, data in getattr(hello, "extensions", ()):
        if number == 0:
            name: str = data[5:].decode(errors="ignore")
            return name
    return None


if __name__ == "__main__":
    for result in extract_tls_handshakes(sys.argv[1]):
        print(result)
