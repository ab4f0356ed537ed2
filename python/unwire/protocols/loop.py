"""Configuration Test Protocol, known as loopback (Ethernet version 2.0 chapter 8)."""

from unwire.declare import Mac, Packet, Part, field, repeat, u16, when


class LoopFunction(Part, order="little"):
    """What the station that gets this has to do: forward it to the next, or take it as a reply."""

    function: u16 = field(1, "loop.function")
    receipt_number: u16 = when("function == 1", field(0, "loop.receipt_number"))
    forwarding_address: Mac = when("function == 2", field(bytes(6), "loop.forwarding_address"))


class Loop(Packet, over={"ethertype": 0x9000}, order="little"):
    """Configuration Test Protocol (loopback)"""

    skipcount: u16 = field(0, "loop.skipcount")
    functions: list[LoopFunction] = repeat(LoopFunction, until="item.function != 2")
