"""Internet Control Message Protocol for IPv6 (RFC 4443). Neighbour discovery and MLD have files of their own."""

from typing import Any, ClassVar

from unwire.declare import Numbers, Packet, by, checksum, column, field, payload, raw, reading, u8, u16, u32, when

_TYPES = {
    1: "Destination unreachable", 2: "Packet too big", 3: "Time exceeded", 4: "Parameter problem", 128: "Echo request", 129: "Echo reply",
    130: "Multicast listener query", 131: "Multicast listener report", 132: "Multicast listener done", 133: "Router solicitation",
    134: "Router advertisement", 135: "Neighbor solicitation", 136: "Neighbor advertisement", 137: "Redirect", 143: "Multicast listener report v2",
}  # fmt: skip


#: What answers what: echo, router and neighbour solicitations, listener queries, node information, home agents' discovery.
_ANSWERS = {128: 129, 133: 134, 135: 136, 130: 131, 139: 140, 144: 145}


class ICMP6(
    Packet,
    name="icmpv6",
    over={"ip.proto": 58},
    next=by("type", "icmpv6.type"),
    flow={"type": "type", "code": "code", "answers": _ANSWERS},
    info="type={type} code={code}",
):
    """Internet Control Message Protocol v6"""

    _typesw: ClassVar[Numbers] = Numbers("icmpv6.type")

    type: u8 = field(0, "icmpv6.type", names=_TYPES)
    code: u8 = field(0, "icmpv6.code")
    sum: u16 = checksum(0, "icmpv6.checksum", how="inet", pseudo=True, base="hex")

    class Error(
        Packet,
        name=None,
        next=(
            by("peek(1) >> 4", "ip.version", when="left", quoted=True, strict=True),
            # Without a datagram it quotes nothing, and is no error message.
            by(6, "ip.version", when="not left", quoted=True, strict=True),
        ),
    ):
        """What quotes the datagram that it is about"""

        # RFC 4884 section 4.4: how many eights of octets of the datagram are quoted, if an extension follows them.
        pad: u32 = field(0)
        reserved: bytes = reading("pad", when("pad >> 24 == 0", raw("rest")), "icmpv6.reserved")
        eights: u8 = when("pad >> 24", column("pad >> 24", "icmpv6.length"))
        data: Any = payload("8 * (pad >> 24) if pad >> 24 else left")

    class Unreach(Error, name=None, over={"icmpv6.type": 1}):
        """Destination unreachable"""

    class TooBig(Error, name=None, over={"icmpv6.type": 2}, fresh=True):
        """Packet too big"""

        mtu: u32 = field(1232, "icmpv6.mtu")

    class TimeExceed(Error, name=None, over={"icmpv6.type": 3}):
        """Time exceeded"""

    class ParamProb(Error, name=None, over={"icmpv6.type": 4}, fresh=True):
        """Parameter problem"""

        ptr: u32 = field(0, "icmpv6.pointer")

    class Echo(Packet, name=None, over={"icmpv6.type": (128, 129)}):
        """Echo request and reply"""

        id: u16 = field(0, "icmpv6.echo.identifier", base="hex")
        seq: u16 = field(0, "icmpv6.echo.sequence_number")
