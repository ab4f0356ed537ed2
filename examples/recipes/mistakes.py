"""Frames that are cut or malformed, counted and not fatal, in whichever format the capture is. From a tutorial for dpkt."""

import sys

from unwire import dpkt


def safe_parse(pcap_path: str) -> None:
    """Parse with comprehensive error handling."""
    errors = 0
    reader: dpkt.pcap.Reader | dpkt.pcapng.Reader

    with open(pcap_path, "rb") as f:
        try:
            reader = dpkt.pcap.Reader(f)
        except ValueError:
            # Try pcapng format
            f.seek(0)
            reader = dpkt.pcapng.Reader(f)
        except dpkt.dpkt.NeedData:
            # Mended: a file shorter than its header raises NeedData, which the tutorial's program did not catch.
            print("no capture")
            return

        for _ts, buf in reader:
            try:
                eth = dpkt.ethernet.Ethernet(buf)
            except dpkt.dpkt.NeedData:
                errors += 1
                continue  # Truncated packet
            except dpkt.dpkt.UnpackError:
                errors += 1
                continue  # Malformed packet

            if isinstance(eth.data, dpkt.ip.IP):
                try:
                    ip = eth.data
                    # Mended: processing was a comment, which cannot fail. This asks for what lies above.
                    len(ip.data)
                except Exception:
                    errors += 1

    print(f"Parse errors: {errors}")


if __name__ == "__main__":
    safe_parse(sys.argv[1])
