"""Cisco Hot Standby Router Protocol, version 1 (RFC 2281)."""

from unwire.declare import Ip4, Packet, field, raw, reading, text, u8, u16, u32


class HSRP(Packet, over={"udp.port": 1985}, when="left == 20 and version == 0 and opcode < 3"):
    """Cisco Hot Standby Router Protocol"""

    version: u8 = field(0, "hsrp.version")
    opcode: u8 = field(0, "hsrp.opcode", names={0: "Hello", 1: "Coup", 2: "Resign", 3: "Advertise"})
    state: u8 = field(0, "hsrp.state", names={0: "Initial", 1: "Learn", 2: "Listen", 4: "Speak", 8: "Standby", 16: "Active"})
    hello: u8 = field(0, "hsrp.hellotime")
    hold: u8 = field(0, "hsrp.holdtime")
    priority: u8 = field(0, "hsrp.priority")
    group: u8 = field(0, "hsrp.group")
    rsvd: u8 = field(0, "hsrp.reserved")
    auth: bytes = raw(8, b"cisco")
    auth_text: str = reading("auth", text(8), "hsrp.auth_data")
    vip: Ip4 = field(b"", "hsrp.virt_ip")


class HSRPAdvertise(Packet, name="hsrp", over={"udp.port": 1985}, when="version == 0 and opcode == 3"):
    """Cisco Hot Standby Router Protocol, the state of an interface"""

    version: u8 = field(0, "hsrp.version")
    opcode: u8 = field(3, "hsrp.opcode")
    tlv_type: u16 = field(1, "hsrp.adv.tlvtype")
    tlv_length: u16 = field(10, "hsrp.adv.tlvlength")
    state: u8 = field(0, "hsrp.adv.state")
    reserved1: u8 = field(0, "hsrp.adv.reserved1")
    active: u16 = field(0, "hsrp.adv.activegrp")
    passive: u16 = field(0, "hsrp.adv.passivegrp")
    reserved2: u32 = field(0, "hsrp.adv.reserved2")
