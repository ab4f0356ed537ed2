"""Protocol Independent Multicast (RFC 7761): header, hello, register, join and prune."""

from unwire.declare import Ip4, Ip6, Packet, Part, bits, by, checksum, field, length, raw, repeat, u8, u16, u32, when

_TYPES = {0: "Hello", 1: "Register", 2: "Register-Stop", 3: "Join/Prune", 4: "Bootstrap", 5: "Assert", 6: "Graft", 7: "Graft-Ack", 8: "Candidate RP"}


class PIM(Packet, over={"ip.proto": 103}, next=by("type", "pim.type"), info="type={type}"):
    """Protocol Independent Multicast"""

    _v_type: u8 = field(0x20)
    v: int = bits(4, 2, "pim.version")
    type: int = bits(4, 0, "pim.type", names=_TYPES)
    _rsvd: u8 = field(0)
    # RFC 7761 section 4.9: of a register only the first eight octets are summed.
    sum: u16 = checksum(0, "pim.cksum", how="inet", over="8 if type == 1 else left", base="hex")


class PIMOption(Part, next=by("type", "pim.option"), size="4 + length if 4 + length <= left else 0"):
    """Hello option (RFC 7761 section 4.9.2)"""

    type: u16 = field(0, "pim.optiontype")
    length: u16 = length(0, "pim.optionlength", of="part", value="size - 4")


class PIMHoldtime(PIMOption, over={"pim.option": 1}):
    """How long the sender is believed to be there"""

    holdtime: u16 = field(105, "pim.holdtime")


class PIMPruneDelay(PIMOption, over={"pim.option": 2}):
    """LAN prune delay"""

    _delay: u16 = field(0)
    tracking: bool = bits(1, 0, "pim.t")
    delay: u16 = bits(15, 0, "pim.propagation_delay")
    override: u16 = field(0, "pim.override_interval")


class PIMPriority(PIMOption, over={"pim.option": 19}):
    """Priority as designated router"""

    priority: u32 = field(1, "pim.dr_priority")


class PIMGeneration(PIMOption, over={"pim.option": 20}):
    """Generation: a new number says that the router restarted"""

    generation: u32 = field(0, "pim.generation_id")


class PIMHello(Packet, name=None, over={"pim.type": 0}):
    """Hello"""

    options: list[PIMOption] = repeat(PIMOption)


class PIMRegister(Packet, name=None, over={"pim.type": 1}, next=by("peek(1) >> 4", "ip.version")):
    """Register: a datagram on its way to the rendezvous point"""

    flags: u32 = field(0, "pim.register_flag", base="hex")
    border: bool = bits(1, 0, "pim.register_flag.border")
    null: bool = bits(1, 0, "pim.register_flag.null_register")


class PIMSource(Part):
    """A source joined or pruned (encoded source address, section 4.9.1)"""

    family: u8 = field(1)
    encoding: u8 = field(0)
    flags: u8 = field(0)
    mask: u8 = field(32)
    address: bytes = raw("16 if family == 2 else 4", bytes(4))


class PIMGroup(Part):
    """A group, and the sources that are joined and pruned"""

    family: u8 = field(1)
    encoding: u8 = field(0)
    flags: u8 = field(0)
    mask: u8 = field(32)
    group: Ip4 = when("family == 1", field(bytes(4), "pim.group"))
    group6: Ip6 = when("family == 2", field(bytes(16), "pim.group_ip6"))
    joins: u16 = length(0, "pim.numjoins", of="joined")
    prunes: u16 = length(0, "pim.numprunes", of="pruned")
    joined: list[PIMSource] = repeat(PIMSource, count="joins")
    pruned: list[PIMSource] = repeat(PIMSource, count="prunes")


class PIMJoin(Packet, name=None, over={"pim.type": (3, 6, 7)}):
    """Join and prune, graft and its acknowledgment"""

    family: u8 = field(1)
    encoding: u8 = field(0)
    upstream: Ip4 = when("family == 1", field(bytes(4), "pim.upstream_neighbor"))
    upstream6: Ip6 = when("family == 2", field(bytes(16), "pim.upstream_neighbor_ip6"))
    _reserved: u8 = field(0)
    groups_count: u8 = length(0, "pim.numgroups", of="groups")
    holdtime: u16 = field(0, "pim.holdtime")
    groups: list[PIMGroup] = repeat(PIMGroup, count="groups_count")
