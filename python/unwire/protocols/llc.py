"""Logical link control (IEEE 802.2) and its Subnetwork Access Protocol (IEEE 802 clause 9.3)."""

from unwire.declare import Packet, by, column, field, u8, u16, u24, when


class LLC(
    Packet,
    over={"eth.llc": 0, "link": 100},
    next=(
        # RFC 1042: organisation 0 says that an Ethernet type follows, and so does 802.1H's bridge tunnel.
        by("type", "ethertype", when="is_snap and (oui == 0 or oui == 0xF8 or oui == 0x080007 and type == 0x809B)"),
        by("type", "llc.cisco_pid", when="is_snap and oui == 0x00000C"),
        by("type", "llc.bridged_pid", when="is_snap and oui == 0x0080C2"),
        by("type", "llc.extreme_pid", when="is_snap and oui == 0x00E02B"),
        by("type", "llc.nortel_pid", when="is_snap and oui == 0x000081"),
        by("type", "llc.foundry_pid", when="is_snap and oui == 0x00E052"),
        by("type", "llc.hpteam_pid", when="is_snap and oui == 0x080009"),
        by("type", "llc.wlccp_pid", when="is_snap and oui == 0x004096"),
        # Only information and unnumbered information carry a payload of the service access point.
        by("dsap", "llc.dsap", when="not is_snap and (not ctl & 1 or ctl & 0xEF == 3)"),
    ),
):
    """Logical-Link Control"""

    dsap: u8 = field(0xAA, "llc.dsap", base="hex")
    dsap_sap: u8 = column("dsap >> 1", "llc.dsap.sap")
    dsap_group: bool = column("dsap & 1", "llc.dsap.ig")
    ssap: u8 = field(0xAA, "llc.ssap", base="hex")
    ssap_sap: u8 = column("ssap >> 1", "llc.ssap.sap")
    ssap_response: bool = column("ssap & 1", "llc.ssap.cr")
    # IEEE 802.2 clause 5.2: unnumbered frames have one byte of control, all others two, low byte first.
    ctl: u8 = field(0x03)
    ctl_high: u8 = when("ctl & 3 != 3", u8)
    control: u16 = column("ctl | ctl_high << 8", "llc.control", base="hex")
    is_snap: bool = column("dsap == 0xAA and ssap == 0xAA and ctl == 3")
    oui: u24 = when("is_snap", field(0, "llc.oui"))
    type: u16 = when("is_snap", u16)
    ethertype: u16 = when("is_snap and (oui == 0 or oui == 0xF8)", column("type", "llc.type", base="hex"))
    cisco: u16 = when("is_snap and oui == 0x00000C", column("type", "llc.cisco_pid", base="hex"))
    extreme: u16 = when("is_snap and oui == 0x00E02B", column("type", "llc.extreme_pid", base="hex"))
    nortel: u16 = when("is_snap and oui == 0x000081", column("type", "llc.nortel_pid", base="hex"))
    wlccp: u16 = when("is_snap and oui == 0x004096", column("type", "llc.wlccp_pid", base="hex"))
