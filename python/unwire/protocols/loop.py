"""Configuration Test Protocol, known as loopback (Ethernet version 2.0 chapter 8)."""

from unwire.declare import Mac, Packet, field, u16, when


class Loop(Packet, over={"ethertype": 0x9000}):
    """Configuration Test Protocol (loopback)"""

    skipcount: u16 = field(0, "loop.skipcount", order="little")
    function: u16 = field(1, "loop.function", order="little")
    receipt_number: u16 = when("function == 1", field(0, "loop.receipt_number", order="little"))
    forwarding_address: Mac = when("function == 2", field(bytes(6), "loop.forwarding_address"))
