"""Options of IPv4: an open family over the number space ``ip.option`` (RFC 791 section 3.1)."""

from typing import ClassVar

from unwire.declare import Ip4, OptionFace, Part, bits, by, field, length, raw, repeat, u8, u16, u32, when


# One that claims more than the header has left is no option (size 0 fails), nor is anything behind it.
class IPOption(OptionFace, Part, next=by("type", "ip.option"), size="1 if type < 2 else length if length <= left else 0"):
    """IPv4 option"""

    type: u8 = field(0, "ip.opt.type")
    copied: bool = bits(1, 0, "ip.opt.type.copy")
    option_class: u8 = bits(2, 0, "ip.opt.type.class")
    number: u8 = bits(5, 0, "ip.opt.type.number")
    length: u8 = when("type > 1", length(2, "ip.opt.len", of="part"))


class IPOptionUnknown(IPOption, stands="other"):
    """An option that nobody decodes"""

    data: bytes = raw("rest", b"")


class IPOptionBad(IPOption, stands="bad"):
    """An option that is not as its rule says; `reason` tells"""

    data: bytes = raw("rest", b"")


class IPOptionCut(IPOption, stands="cut", fresh=True, size="left"):
    """What is left where an option claims more than there is, or less than it is"""

    __shown_as__: ClassVar[type] = IPOptionBad

    type: u8 = field(0)
    copied: bool = bits(1, 0)
    option_class: u8 = bits(2, 0)
    number: u8 = bits(5, 0)
    length: u8 = when("left", field(0))
    data: bytes = raw("rest", b"")


class IPOptionEnd(IPOption, over={"ip.option": 0}):
    """End of option list"""


class IPOptionNop(IPOption, over={"ip.option": 1}):
    """No operation"""


class IPOptionRecordRoute(IPOption, over={"ip.option": 7}):
    """Record route: the pointer, counted from 1, is where the next router writes"""

    ptr: u8 = length(4, "ip.opt.ptr", of="recorded", value="size + 4", expect="size % 4 == 3")
    recorded: list[bytes] = repeat(Ip4, "ip.rec_rt", count="min(max(ptr - 4, 0), left) // 4")
    empty: list[bytes] = repeat(Ip4, "ip.empty_rt", count="left // 4")


class IPOptionSourceRoute(IPOption, over={"ip.option": (131, 137)}):
    """Loose and strict source route: the address that the pointer names is the next destination"""

    ptr: u8 = length(4, "ip.opt.ptr", of="recorded", value="size + 4", expect="size % 4 == 3")
    recorded: list[bytes] = repeat(Ip4, "ip.rec_rt", count="min(max(ptr - 4, 0), left) // 4")
    route: list[bytes] = repeat(Ip4, count="left // 4")


class IPOptionStreamID(IPOption, over={"ip.option": 136}):
    """Stream identifier (historic, RFC 6814)"""

    sid: u16 = field(0, "ip.opt.sid", expect="size == 4")


class IPOptionMTUProbe(IPOption, over={"ip.option": (11, 12)}):
    """MTU probe and reply (RFC 1063, historic)"""

    mtu: u16 = field(0, "ip.opt.mtu", expect="size == 4")


class IPOptionQuickStart(IPOption, over={"ip.option": 25}):
    """Quick-Start (RFC 4782 section 3.1)"""

    _function_rate: u8 = field(0)
    function: u8 = bits(4, 0, "ip.opt.qs_func")
    rate: u8 = bits(4, 0, "ip.opt.qs_rate")
    ttl: u8 = field(0)
    _nonce: u32 = field(0)
    nonce: u32 = bits(30, 0, "ip.opt.qs_nonce", base="hex")
    reserved: u32 = bits(2, 0, "ip.opt.qs_reserved", base="hex", expect="size == 8")


class IPTimestampOf(Part):
    """A router's address and its time"""

    address: Ip4 = field(bytes(4), "ip.opt.time_stamp_addr")
    time: u32 = field(0, "ip.opt.time_stamp")


class IPOptionTimestamp(IPOption, over={"ip.option": 68}):
    """Timestamps in milliseconds since midnight: with flag 0 alone, else each with an address"""

    ptr: u8 = field(5, "ip.opt.ptr", expect="size % 4 == 0")
    _overflow_flag: u8 = field(0)
    overflow: u8 = bits(4, 0, "ip.opt.overflow")
    flag: u8 = bits(4, 0, "ip.opt.flag", base="hex")
    times: list[int] = repeat(u32, "ip.opt.time_stamp", count="0 if flag else left // 4")
    stamps: list[IPTimestampOf] = repeat(IPTimestampOf, count="left // 8 if flag else 0")


class IPOptionTraceroute(IPOption, over={"ip.option": 82}):
    """Traceroute (RFC 1393, historic)"""

    id_number: u16 = field(0, "ip.opt.id_number")
    outbound_hops: u16 = field(0, "ip.opt.ohc")
    return_hops: u16 = field(0, "ip.opt.rhc")
    originator: Ip4 = field(bytes(4), "ip.opt.originator", expect="size == 12")


class IPOptionSecurity(IPOption, over={"ip.option": 130}):
    """Basic security (RFC 1108 section 2; RFC 791 had another layout)"""

    classification: u8 = field(0, "ip.opt.sec_cl", base="hex")
    authority: bytes = raw("rest", b"")


class IPOptionRouterAlert(IPOption, over={"ip.option": 148}):
    """Router alert (RFC 2113)"""

    alert: u16 = field(0, "ip.opt.ra", expect="size == 4")
