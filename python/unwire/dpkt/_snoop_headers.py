"""snoop's headers as packets, in dpkt's spelling. Loaded on first use: readers and writers do without them."""

from __future__ import annotations

from unwire.declare import Packet


class PktHdr(Packet):
    """A snoop record's header (RFC 1761)"""

    __byte_order__ = "!"
    __hdr__ = (
        ("orig_len", "I", 0),
        ("incl_len", "I", 0),
        ("rec_len", "I", 0),
        ("cum_drops", "I", 0),
        ("ts_sec", "I", 0),
        ("ts_usec", "I", 0),
    )


class FileHdr(Packet):
    """A snoop file's header (RFC 1761)"""

    __byte_order__ = "!"
    __hdr__ = (
        ("magic", "Q", 0x736E6F6F70000000),
        ("v", "I", 2),
        ("linktype", "I", 4),
    )
