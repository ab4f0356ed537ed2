"""Fiber Distributed Data Interface (ISO 9314-2)."""

from unwire.declare import Mac, Packet, by, column, field, u8


class FDDI(Packet, over={"link": 10}, next=by(0, "eth.llc", when="0x50 <= fc <= 0x57")):
    """Fiber Distributed Data Interface"""

    fc: u8 = field(0x50, "fddi.fc", base="hex")
    clf: u8 = column("fc >> 4", "fddi.fc.clf", base="hex")
    # Wireshark's columns show the addresses with the bits of each byte reversed, which a declaration cannot.
    dst: Mac = field(bytes(6))
    src: Mac = field(bytes(6))
