"""Frame Relay (ITU-T Q.922) with multiprotocol encapsulation (RFC 2427), or Cisco's."""

from unwire.declare import Packet, by, column, field, u8, u16, u24, u32, when

_HAS_TYPE = "control != 3 and (peek(2) == 0x800 or peek(2) == 0x806 or peek(2) == 0x86DD or peek(2) == 0x8847 or peek(2) == 0x2000)"


class FrameRelay(
    Packet,
    name="fr",
    over={"link": 107},
    next=(
        by("type", "ethertype", when="type"),
        # Cisco bridges whole Ethernet frames without any header; they follow a first byte of 0.
        by(1, "link", when="control != 3 and peek(1) == 0 and (second | third | fourth) & 1"),
        by("pid", "ethertype", when="nlpid == 0x80 and oui == 0"),
        by("pid", "llc.bridged_pid", when="nlpid == 0x80 and oui == 0x0080C2"),
        by("nlpid", "fr.nlpid", when="control == 3 and nlpid != 0xCC and nlpid != 0x8E"),
        by(4, "ip.version", when="nlpid == 0xCC"),
        by(6, "ip.version", when="nlpid == 0x8E"),
    ),
):
    """Frame Relay"""

    # Q.922 section 3.3: the low bit of each byte says that the address ends here.
    first: u8 = field(0x18, "fr.first_addr_octet", base="hex")
    second: u8 = field(0x41, "fr.second_addr_octet", base="hex")
    third: u8 = when("not second & 1", field(0))
    fourth: u8 = when("not second & 1 and not third & 1", field(0))
    upper: u32 = column("(first >> 2) << 4 | second >> 4")
    # A fourth byte's second bit says that its upper bits are control, not identifier.
    long: u32 = column("upper << 7 | third >> 1 if fourth & 2 else upper << 13 | third >> 1 << 6 | fourth >> 2")
    dlci: u32 = column("upper if second & 1 else upper << 6 | third >> 2 if third & 1 else long", "fr.dlci")
    control: u8 = when("peek(1) == 3", field(3, "fr.control", base="hex"))
    # RFC 2427 section 3: a pad byte of 0 aligns what follows.
    pad: u8 = when("control == 3 and peek(1) == 0", field(0, "fr.nlpid", base="hex"))
    nlpid: u8 = when("control == 3", field(0xCC, "fr.nlpid", base="hex"))
    oui: u24 = when("nlpid == 0x80", field(0, "fr.snap.oui"))
    pid: u16 = when("nlpid == 0x80", u16)
    snap_type: u16 = when("nlpid == 0x80 and oui == 0", column("pid", "fr.snaptype", base="hex"))
    snap_pid: u16 = when("nlpid == 0x80 and oui != 0", column("pid", "fr.snap.pid", base="hex"))
    # Cisco's encapsulation has an Ethernet type at once.
    type: u16 = when(_HAS_TYPE, field(0x0800, "fr.chdlctype", base="hex"))
