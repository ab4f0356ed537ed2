"""Routing Information Protocol, versions 1 (RFC 1058) and 2 (RFC 2453), with the digests of RFC 4822."""

from unwire.declare import Ip4, Packet, Part, column, field, raw, reading, repeat, text, u8, u16, u32, when

_COMMANDS = {1: "Request", 2: "Response", 3: "Traceon", 4: "Traceoff", 5: "Vendor specific"}


class Digest(Part):
    """Where the digest is and how it was made (RFC 4822 section 3.2)"""

    offset: u16 = field(0, "rip.digest_offset")
    key: u8 = field(0, "rip.key_id")
    size: u8 = field(0, "rip.auth_data_len")
    sequence: u32 = field(0, "rip.seq_num")


class Auth(Part):
    """The first entry of a message that is authenticated (RFC 2453 section 4.1)"""

    rsvd: u16 = field(0xFFFF)
    type: u16 = field(2, "rip.auth.type")
    auth: bytes = raw(16, b"")
    password: str = reading("auth", when("type == 2", text(16)), "rip.auth.passwd")
    digest: Digest = reading("auth", when("type == 3", Digest))


# What begins with ones is no route but the digest, which comes last: a size of 0 ends the list.
class RTE(Part, size="20 if peek(2) != 0xFFFF else 0"):
    """A route"""

    family: u16 = field(2)
    route_tag: u16 = field(0)
    addr: u32 = field(0)
    subnet: u32 = field(0)
    next_hop: u32 = field(0)
    metric: u32 = field(1)


class RTE1(RTE, size="20 if peek(2) != 0xFFFF else 0"):
    """A route as version 1 reads it"""

    family: u16 = field(2, "rip.family")
    address: Ip4 = reading("addr", when("family == 2", Ip4), "rip.ip")
    hops: u16 = column("metric", "rip.metric")


class RTE2(RTE1, size="20 if peek(2) != 0xFFFF else 0"):
    """A route as version 2 reads it"""

    tag: u16 = when("family == 2", column("route_tag", "rip.route_tag"))
    mask: Ip4 = reading("subnet", when("family == 2", Ip4), "rip.netmask")
    gateway: Ip4 = reading("next_hop", when("family == 2", Ip4), "rip.next_hop")


class RIP(Packet, over={"udp.port": 520}):
    """Routing Information Protocol"""

    cmd: u8 = field(1, "rip.command", names=_COMMANDS)
    v: u8 = field(2, "rip.version")
    rsvd: u16 = field(0)
    auth: Auth = when("left >= 20 and peek(2) == 0xFFFF", Auth)
    body: bytes = raw("rest", b"")
    #: dpkt's view: routes without regard to the version.
    rtes: list[RTE] = reading("body", repeat(RTE))
    routes1: list[RTE1] = reading("body", when("v != 2", repeat(RTE1)))
    routes2: list[RTE2] = reading("body", when("v == 2", repeat(RTE2)))
