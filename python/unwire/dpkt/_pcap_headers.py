"""pcap's headers as packets, in dpkt's spelling. Loaded on first use: readers and writers do without them."""

from __future__ import annotations

from unwire.declare import Packet


class PktHdr(Packet):
    """A pcap record's header"""

    __hdr__ = (
        ("tv_sec", "I", 0),
        ("tv_usec", "I", 0),
        ("caplen", "I", 0),
        ("len", "I", 0),
    )


class PktModHdr(Packet):
    """A modified pcap record's header"""

    __hdr__ = (
        ("tv_sec", "I", 0),
        ("tv_usec", "I", 0),
        ("caplen", "I", 0),
        ("len", "I", 0),
        ("ifindex", "I", 0),
        ("protocol", "H", 0),
        ("pkt_type", "B", 0),
        ("pad", "B", 0),
    )


class LEPktHdr(PktHdr):
    """A pcap record's header in little-endian order"""

    __byte_order__ = "<"


class LEPktModHdr(PktModHdr):
    """A modified pcap record's header in little-endian order"""

    __byte_order__ = "<"


class FileHdr(Packet):
    """A pcap file's header"""

    __hdr__ = (
        ("magic", "I", 0xA1B2C3D4),
        ("v_major", "H", 2),
        ("v_minor", "H", 4),
        ("thiszone", "I", 0),
        ("sigfigs", "I", 0),
        ("snaplen", "I", 1500),
        ("linktype", "I", 1),
    )


class LEFileHdr(FileHdr):
    """A pcap file's header in little-endian order"""

    __byte_order__ = "<"


#: The record header for each magic number.
MAGIC_TO_PKT_HDR = {
    0xA1B2C3D4: PktHdr,
    0xA1B23C4D: PktHdr,
    0xA1B2CD34: PktModHdr,
    0xD4C3B2A1: LEPktHdr,
    0x4D3CB2A1: LEPktHdr,
    0x34CDB2A1: LEPktModHdr,
}
