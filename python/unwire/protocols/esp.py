"""Encapsulating Security Payload (RFC 4303): what is behind the sequence number is ciphertext."""

from unwire.declare import Packet, field, stop, u32


class ESP(Packet, over={"ip.proto": 50}, next=stop("encrypted"), info="ESP (SPI={spi})"):
    """Encapsulating Security Payload"""

    spi: u32 = field(0, "esp.spi", base="hex")
    seq: u32 = field(0, "esp.sequence")
