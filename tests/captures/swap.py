"""Rewrites a little-endian microsecond pcap in the other byte order: swap.py FROM TO.

For make.sh: no big-endian machine is at hand to capture one. Only headers change, packets do not.
"""

import pathlib
import struct
import sys


def swap(data):
    parts = [struct.pack(">IHHiIII", *struct.unpack_from("<IHHiIII", data))]
    place = 24
    while place < len(data):
        fields = struct.unpack_from("<IIII", data, place)
        parts += (struct.pack(">IIII", *fields), data[place + 16 : place + 16 + fields[2]])
        place += 16 + fields[2]
    return b"".join(parts)


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_bytes(swap(pathlib.Path(sys.argv[1]).read_bytes()))
