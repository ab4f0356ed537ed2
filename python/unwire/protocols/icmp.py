"""Internet Control Message Protocol (RFC 792), with the router messages of RFC 1256, masks of RFC 950 and extensions of RFC 4884."""

from typing import Any, ClassVar

from unwire.declare import (
    Ip4,
    Numbers,
    Packet,
    Part,
    bits,
    by,
    checksum,
    column,
    field,
    i32,
    length,
    payload,
    raw,
    reading,
    repeat,
    u8,
    u16,
    u32,
    when,
)  # fmt: skip

_TYPES = {
    0: "Echo reply", 3: "Destination unreachable", 4: "Source quench", 5: "Redirect", 8: "Echo request", 9: "Router advertisement",
    10: "Router solicitation", 11: "Time exceeded", 12: "Parameter problem", 13: "Timestamp request", 14: "Timestamp reply",
    15: "Information request", 16: "Information reply", 17: "Address mask request", 18: "Address mask reply",
}  # fmt: skip


class ICMPObject(Part, size="length"):
    """An object of the extension structure (RFC 4884 section 8)"""

    length: u16 = length(4, "icmp.ext.length", of="part")
    class_num: u8 = field(0, "icmp.ext.class")
    ctype: u8 = field(0, "icmp.ext.ctype")
    data: bytes = payload("left")


class ICMPExtension(Part):
    """The extension structure (RFC 4884 section 7)"""

    _version: u16 = field(0x2000)
    version: u8 = bits(4, 2, "icmp.ext.version")
    reserved: u16 = bits(12, 0, "icmp.ext.res", base="hex")
    sum: u16 = field(0, "icmp.ext.checksum", base="hex")
    objects: list[ICMPObject] = repeat(ICMPObject)


#: What answers what: echo, timestamps, information, masks, router solicitations.
_ANSWERS = {8: 0, 13: 14, 15: 16, 17: 18, 10: 9}


class ICMP(
    Packet,
    over={"ip.proto": 1},
    next=by("type", "icmp.type"),
    flow={"type": "type", "code": "code", "answers": _ANSWERS},
    info="type={type} code={code}",
):
    """Internet Control Message Protocol"""

    _typesw: ClassVar[Numbers] = Numbers("icmp.type")

    type: u8 = field(8, "icmp.type", names=_TYPES)
    code: u8 = field(0, "icmp.code")
    sum: u16 = checksum(0, "icmp.checksum", how="inet", base="hex")

    # RFC 1191 section 4: one code of "unreachable" has the next hop's MTU in the body that all its codes share.
    mtu: u16 = when("type == 3 and code == 4", column("peek(2, 2)", "icmp.mtu"))

    class Echo(Packet, name=None, over={"icmp.type": (0, 8, 15, 16)}):
        """Echo, Information"""

        id: u16 = field(0, "icmp.ident")
        seq: u16 = field(0, "icmp.seq")
        id_le: u16 = reading("id", field(order="little"), "icmp.ident_le")
        seq_le: u16 = reading("seq", field(order="little"), "icmp.seq_le")

    class Timestamp(Packet, name=None, over={"icmp.type": (13, 14)}):
        """Timestamp: milliseconds since midnight"""

        id: u16 = field(0, "icmp.ident")
        seq: u16 = field(0, "icmp.seq")
        id_le: u16 = reading("id", field(order="little"), "icmp.ident_le")
        seq_le: u16 = reading("seq", field(order="little"), "icmp.seq_le")
        originate: u32 = field(0, "icmp.originate_timestamp")
        receive: u32 = field(0, "icmp.receive_timestamp")
        transmit: u32 = field(0, "icmp.transmit_timestamp")

    class Mask(Packet, name=None, over={"icmp.type": (17, 18)}):
        """Address mask"""

        id: u16 = field(0, "icmp.ident")
        seq: u16 = field(0, "icmp.seq")
        id_le: u16 = reading("id", field(order="little"), "icmp.ident_le")
        seq_le: u16 = reading("seq", field(order="little"), "icmp.seq_le")
        mask: Ip4 = field(bytes(4), "icmp.address_mask")

    class RouterSolicit(Packet, name=None, over={"icmp.type": 10}):
        """Router solicitation"""

        reserved: bytes = raw(4, bytes(4))

    class Quote(
        Packet,
        name=None,
        next=(
            by("peek(1) >> 4", "ip.version", when="left", quoted=True, strict=True),
            # Without a datagram it quotes nothing, and is no error message.
            by(4, "ip.version", when="not left", quoted=True, strict=True),
        ),
    ):
        """What quotes the datagram that it is about"""

        pad: u32 = field(0)

    class Quench(Quote, name=None, over={"icmp.type": 4}):
        """Source quench"""

    class Unreach(Quote, name=None, over={"icmp.type": 3}, fresh=True):
        """Destination unreachable"""

        pad: u16 = field(0)
        mtu: u16 = field(0)
        # RFC 4884 section 4.1: how many words of the datagram are quoted, if an extension follows them; section 5.5: those who were
        # earlier quote 128 octets.
        words: u8 = when("pad & 255", column("pad & 255", "icmp.length"))
        data: Any = payload("4 * (pad & 255) if pad & 255 else 128 if left >= 136 and peek(2, 128) == 0x2000 else left")
        extension: ICMPExtension = when("left >= 4", ICMPExtension)

    class Redirect(Quote, name=None, over={"icmp.type": 5}, fresh=True):
        """Redirect"""

        gw: u32 = field(0)
        gateway: Ip4 = reading("gw", Ip4, "icmp.redir_gw")

    class TimeExceed(Quote, name=None, over={"icmp.type": 11}):
        """Time exceeded"""

        words: u8 = when("pad >> 16 & 255", column("pad >> 16 & 255", "icmp.length"))
        data: Any = payload("4 * (pad >> 16 & 255) if pad >> 16 & 255 else 128 if left >= 136 and peek(2, 128) == 0x2000 else left")
        extension: ICMPExtension = when("left >= 4", ICMPExtension)

    class ParamProbe(Quote, name=None, over={"icmp.type": 12}, fresh=True):
        """Parameter problem"""

        ptr: u8 = field(0)
        pad1: u8 = field(0)
        pad2: u16 = field(0)
        pointer: u32 = column("ptr", "icmp.pointer")
        words: u8 = when("pad1", column("pad1", "icmp.length"))
        data: Any = payload("4 * pad1 if pad1 else 128 if left >= 136 and peek(2, 128) == 0x2000 else left")
        extension: ICMPExtension = when("left >= 4", ICMPExtension)


class ICMPRouter(Part):
    """A router's address and how much it is preferred"""

    address: Ip4 = field(bytes(4), "icmp.router_address")
    preference: i32 = field(0, "icmp.pref_level")


class ICMPRouterAdvert(Packet, name=None, over={"icmp.type": 9}):
    """Router advertisement (RFC 1256)"""

    count: u8 = length(0, "icmp.num_addrs", of="routers", value="size // 8")
    words: u8 = field(2, "icmp.addr_entry_size")
    lifetime: u16 = field(1800, "icmp.lifetime")
    routers: list[ICMPRouter] = repeat(ICMPRouter, count="count")
