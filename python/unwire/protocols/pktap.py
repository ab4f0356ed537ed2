"""Apple's packet tap (LINKTYPE_PKTAP, and DLT_USER2 as macOS first wrote it): which process, then the frame."""

from unwire.declare import Packet, by, field, length, raw, text, u16, u32


class PKTAPasUser2(Packet, name="user_dlt", over={"link": 149}, next=by(258, "link")):
    """DLT User"""


class PKTAP(Packet, over={"link": 258}, order="little", next=by("dlt", "link", via="pcap_pktdata")):
    """Apple PKTAP"""

    hdrlen: u32 = length(108, "pktap.hdrlen", of="header")
    rectype: u32 = field(1, "pktap.rectype")
    dlt: u32 = field(1, "pktap.dlt")
    ifname: str = text(24, "", "pktap.ifname")
    flags: u32 = field(0, "pktap.flags", base="hex")
    pfamily: u32 = field(0, "pktap.pfamily")
    llhdrlen: u32 = field(0, "pktap.llhdrlen")
    lltrlrlen: u32 = field(0, "pktap.lltrlrlen")
    pid: u32 = field(0, "pktap.pid")
    cmdname: str = text(20, "", "pktap.cmdname")
    svc_class: u32 = field(0, "pktap.svc_class")
    iftype: u16 = field(0, "pktap.iftype")
    ifunit: u16 = field(0, "pktap.ifunit")
    epid: u32 = field(0, "pktap.epid")
    ecmdname: str = text(20, "", "pktap.ecmdname")
    rest: bytes = raw("hdrlen - 108 if hdrlen > 108 else 0", b"")
