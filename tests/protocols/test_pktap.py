"""Apple's packet tap."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns
    (
        "Ethernet",
        258,
        "6c000000 01000000 01000000 656e3000000000000000000000000000000000000000000000000000 02000000 0e000000 "
        "00000000 2a000000 6375726c0000000000000000000000000000000000000000 0600 0000 2b000000 "
        "7373686400000000000000000000000000000000020000000002 020000000001 0800 4500001c000100004011 66cd 0a000001 "
        "0a000002 0035003500080000",
        {
            "frame.protocols": "pktap:pcap_pktdata:eth:ethertype:ip:udp",
            "pktap.cmdname": "curl",
            "pktap.dlt": 1,
            "pktap.ecmdname": "sshd",
            "pktap.epid": 43,
            "pktap.flags": 0x00000000,
            "pktap.hdrlen": 108,
            "pktap.ifname": "en0",
            "pktap.iftype": 6,
            "pktap.ifunit": 0,
            "pktap.llhdrlen": 14,
            "pktap.lltrlrlen": 0,
            "pktap.pfamily": 2,
            "pktap.pid": 42,
            "pktap.rectype": 1,
            "pktap.svc_class": 0,
        },
    ),
    (
        "cut",
        258,
        "6c000000 01000000",
        {
            "frame.protocols": "pktap",
            "pktap.hdrlen": 108,
            "pktap.rectype": 1,
        },
    ),
]


def test_vectors() -> None:
    """Every vector has its values."""
    check(VECTORS)
