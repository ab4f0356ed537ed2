"""Rx."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected (all occurrences as a list where a field occurs several times)
    (
        "data",
        1,
        "02000000000202000000000108004500003800010000401100000a0000010a000002c3501b5a00240000571000005c4000000000000100000001000000010105"
        "000000000049",
        {
            "rx.callnumber": 1,
            "rx.cid": 1547698176,
            "rx.flags": 0x05,
            "rx.flags.client_init": 1,
            "rx.flags.free_packet": 0,
            "rx.flags.last_packet": 1,
            "rx.flags.more_packets": 0,
            "rx.flags.request_ack": 0,
            "rx.seq": 1,
            "rx.serial": 1,
            "rx.serviceid": 73,
            "rx.spare": 0,
            "rx.type": 1,
        },
    ),
    (
        "acknowledgement",
        1,
        "02000000000202000000000108004500004b00010000401100000a0000010a000002c3501b5a00370000571000005c4000000000000100000000000000020220"
        "00000000004900200000000000010000000100000001030101",
        {
            "frame.protocols": "eth:ethertype:ip:udp:rx",
            "rx.bufferspace": 32,
            "rx.callnumber": 1,
            "rx.cid": 1547698176,
            "rx.first": 1,
            "rx.flags": 0x20,
            "rx.flags.client_init": 0,
            "rx.flags.free_packet": 0,
            "rx.flags.last_packet": 0,
            "rx.flags.more_packets": 0,
            "rx.flags.request_ack": 0,
            "rx.maxskew": 0,
            "rx.num_acks": 1,
            "rx.prev": 1,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
