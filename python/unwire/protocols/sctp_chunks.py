"""Chunks of SCTP: an open family over the number space ``sctp.chunk`` (RFC 9260 section 3.2), and their parameters."""

from unwire.declare import Ip4, Ip6, Part, by, field, length, payload, raw, repeat, u8, u16, u32

_TYPES = {
    0: "DATA", 1: "INIT", 2: "INIT_ACK", 3: "SACK", 4: "HEARTBEAT", 5: "HEARTBEAT_ACK", 6: "ABORT", 7: "SHUTDOWN", 8: "SHUTDOWN_ACK",
    9: "ERROR", 10: "COOKIE_ECHO", 11: "COOKIE_ACK", 14: "SHUTDOWN_COMPLETE", 64: "I_DATA", 130: "RECONFIG", 192: "FORWARD_TSN",
}  # fmt: skip


# The padding counts as the chunk's, as dpkt has it, but not in its length.
class Chunk(Part, size="min((len + 3) // 4 * 4, left) if len >= 4 else 0"):
    """SCTP chunk of any type"""

    type: u8 = field(1, names=_TYPES)
    flags: u8 = field(0)
    len: u16 = length(0, of="part")
    data: bytes = payload("len - 4")
    padding: bytes = raw("left", b"")


class SCTPChunk(Part, next=by("type", "sctp.chunk"), size="len"):
    """SCTP chunk, one class for each type"""

    type: u8 = field(0, "sctp.chunk_type", names=_TYPES)
    flags: u8 = field(0, "sctp.chunk_flags", base="hex")
    len: u16 = length(4, "sctp.chunk_length", of="part")


class Parameter(Part, next=by("type", "sctp.parameter"), size="len"):
    """Parameter of a chunk (section 3.2.1)"""

    type: u16 = field(0, "sctp.parameter_type", base="hex")
    len: u16 = length(4, "sctp.parameter_length", of="part")


class HeartbeatInfo(Parameter, over={"sctp.parameter": 1}):
    """What a heartbeat's answer brings back"""

    info: bytes = raw("len - 4", b"", "sctp.parameter_heartbeat_information")


class IPv4Address(Parameter, over={"sctp.parameter": 5}):
    """An address of the sender"""

    address: Ip4 = field(bytes(4), "sctp.parameter_ipv4_address")


class IPv6Address(Parameter, over={"sctp.parameter": 6}):
    """An address of the sender"""

    address: Ip6 = field(bytes(16), "sctp.parameter_ipv6_address")


class StateCookie(Parameter, over={"sctp.parameter": 7}):
    """The state cookie"""

    cookie: bytes = raw("len - 4", b"", "sctp.parameter_state_cookie")


class AddressTypes(Parameter, over={"sctp.parameter": 12}):
    """Which types of address the sender supports"""

    types: list[int] = repeat(u16, "sctp.parameter_supported_address_type")


class Data(SCTPChunk, over={"sctp.chunk": 0}):
    """User data (section 3.3.1)"""

    tsn: u32 = field(0, "sctp.data_tsn_raw")
    sid: u16 = field(0, "sctp.data_sid", base="hex")
    ssn: u16 = field(0, "sctp.data_ssn")
    ppi: u32 = field(0, "sctp.data_payload_proto_id")
    data: bytes = payload("len - 16")


class Init(SCTPChunk, over={"sctp.chunk": 1}):
    """Initiation (section 3.3.2)"""

    tag: u32 = field(0, "sctp.init_initiate_tag", base="hex")
    credit: u32 = field(0, "sctp.init_credit")
    streams_out: u16 = field(0, "sctp.init_nr_out_streams")
    streams_in: u16 = field(0, "sctp.init_nr_in_streams")
    tsn: u32 = field(0, "sctp.init_initial_tsn")
    parameters: list[Parameter] = repeat(Parameter, pad=4)


class InitAck(SCTPChunk, over={"sctp.chunk": 2}):
    """Initiation acknowledgment (section 3.3.3)"""

    tag: u32 = field(0, "sctp.initack_initiate_tag", base="hex")
    credit: u32 = field(0, "sctp.initack_credit")
    streams_out: u16 = field(0, "sctp.initack_nr_out_streams")
    streams_in: u16 = field(0, "sctp.initack_nr_in_streams")
    tsn: u32 = field(0, "sctp.initack_initial_tsn")
    parameters: list[Parameter] = repeat(Parameter, pad=4)


class Gap(Part):
    """A block of chunks received beyond a gap, counted from the acknowledged one"""

    start: u16 = field(0, "sctp.sack_gap_block_start")
    end: u16 = field(0, "sctp.sack_gap_block_end")


class Sack(SCTPChunk, over={"sctp.chunk": 3}):
    """Selective acknowledgment (section 3.3.4)"""

    tsn: u32 = field(0, "sctp.sack_cumulative_tsn_ack_raw")
    window: u32 = field(0, "sctp.sack_a_rwnd")
    gap_count: u16 = length(0, "sctp.sack_number_of_gap_blocks", of="gaps", value="size // 4")
    duplicate_count: u16 = length(0, "sctp.sack_number_of_duplicated_tsns", of="duplicates", value="size // 4")
    gaps: list[Gap] = repeat(Gap, count="gap_count")
    duplicates: list[int] = repeat(u32, "sctp.sack_duplicate_tsn", count="duplicate_count")


class Heartbeat(SCTPChunk, over={"sctp.chunk": (4, 5)}):
    """Heartbeat and its acknowledgment (section 3.3.5)"""

    parameters: list[Parameter] = repeat(Parameter, pad=4)


class Shutdown(SCTPChunk, over={"sctp.chunk": 7}):
    """Shutdown (section 3.3.8)"""

    tsn: u32 = field(0, "sctp.shutdown_cumulative_tsn_ack")


class CookieEcho(SCTPChunk, over={"sctp.chunk": 10}):
    """Cookie echo (section 3.3.11)"""

    cookie: bytes = raw("len - 4", b"", "sctp.cookie")
