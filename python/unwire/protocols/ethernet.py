"""Ethernet II and IEEE 802.3."""

from unwire.declare import Mac, Packet, by, field, payload, u16


class Ethernet(
    Packet,
    name="eth",
    over={"link": 1},
    next=(by("type", "ethertype", when="type > 1500", via="ethertype"), by("peek(2)", "eth.raw"), by(0, "eth.llc")),
):
    """Ethernet"""

    dst: Mac = field(bytes(6), "eth.dst", also="eth.addr")
    src: Mac = field(bytes(6), "eth.src", also="eth.addr")
    type: u16 = field(0x0800, "eth.type", base="hex")
    data: bytes = payload("left if type > 1500 else min(type, left)")
