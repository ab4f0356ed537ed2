"""Rx, the remote procedure calls of AFS: the header of its packets."""

from unwire.declare import Packet, Part, bits, by, field, u8, u16, u32, when


class RxAck(Part):
    """What an acknowledgement says before its list of packets"""

    bufferspace: u16 = field(0, "rx.bufferspace")
    maxskew: u16 = field(0, "rx.maxskew")
    first: u32 = field(0, "rx.first")
    prev: u32 = field(0, "rx.prev")
    serial: u32 = field(0, "rx.serial")
    reason: u8 = field(0, "rx.reason")
    acks: u8 = field(0, "rx.num_acks")


class Rx(Packet, over={"udp.port": (*range(7000, 7010), 7021)}, next=by("service", "rx.service", when="type == 1")):
    """RX Protocol"""

    epoch: u32 = field(0)
    cid: u32 = field(0, "rx.cid")
    call: u32 = field(1, "rx.callnumber")
    seq: u32 = field(0, "rx.seq")
    serial: u32 = field(0, "rx.serial")
    type: u8 = field(1, "rx.type")
    flags: u8 = field(0, "rx.flags", base="hex")
    _unused: int = bits(3, 0)
    free: bool = bits(1, 0, "rx.flags.free_packet")
    more: bool = bits(1, 0, "rx.flags.more_packets")
    last: bool = bits(1, 0, "rx.flags.last_packet")
    request_ack: bool = bits(1, 0, "rx.flags.request_ack")
    client: bool = bits(1, 0, "rx.flags.client_init")
    userstatus: u8 = field(0)
    security: u8 = field(0)
    spare: u16 = field(0, "rx.spare")
    service: u16 = field(0, "rx.serviceid")
    ack: RxAck = when("type == 2", RxAck)
