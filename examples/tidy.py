#!/usr/bin/env python3
"""Takes the names of the machine out of a pcapng: its hardware, system and program version.

    tidy.py FILE.pcapng

Only section headers and interface descriptions are rewritten, each without the options that describe
the capturing machine (shb_hardware, shb_os, if_os, if_hardware); all else is copied as it is.
"""

import pathlib
import struct
import sys

SECTION, INTERFACE = 0x0A0D0D0A, 1
DROPPED = {SECTION: {2, 3}, INTERFACE: {12, 15}}
FIXED = {SECTION: 16, INTERFACE: 8}


def tidy(data):
    """The same blocks without those options; little-endian files only, as dumpcap writes here."""
    kept, place = [], 0
    while place < len(data):
        kind, size = struct.unpack_from("<II", data, place)
        block = data[place : place + size]
        place += size
        if kind in FIXED:
            body = block[8 : 8 + FIXED[kind]] + options(block[8 + FIXED[kind] : -4], DROPPED[kind])
            block = struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
        kept.append(block)
    return b"".join(kept)


def options(data, dropped):
    kept, place = [], 0
    while place < len(data):
        code, size = struct.unpack_from("<HH", data, place)
        end = place + 4 + (size + 3 & ~3)
        if code not in dropped:
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


if __name__ == "__main__":
    file = pathlib.Path(sys.argv[1])
    file.write_bytes(tidy(file.read_bytes()))
