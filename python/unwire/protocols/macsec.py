"""MAC security (IEEE 802.1AE): the tag; what it protects is readable only where it is not encrypted."""

from typing import Any

from unwire.declare import Mac, Packet, bits, by, field, payload, raw, stop, u8, u16, u32, when


class MACsec(
    Packet,
    name="macsec",
    over={"ethertype": 0x88E5},
    next=(stop("encrypted", when="tci & 2"), by("type", "ethertype", via="ethertype")),
):
    """802.1AE Security tag"""

    _tci_an: u8 = field(0)
    tci: u8 = bits(6, 0, "macsec.TCI", base="hex")
    an: u8 = bits(2, 0, "macsec.AN", base="hex")
    sl: u8 = field(0, "macsec.SL")
    pn: u32 = field(0, "macsec.PN")
    # Clause 9.9: the secure channel is named where it does not follow from the sender's address.
    sci: Mac = when("tci & 8", field(bytes(6), "macsec.SCI.system_identifier"))
    port: u16 = when("tci & 8", field(0, "macsec.SCI.port_identifier"))
    type: u16 = when("not tci & 2", field(0x0800, "macsec.etype", base="hex"))
    data: Any = payload("left - 16")
    icv: bytes = raw("left", b"", "macsec.ICV")
