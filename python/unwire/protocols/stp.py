"""Spanning Tree Protocol (IEEE 802.1D clause 9), also as Cisco's per-VLAN kind."""

from typing import ClassVar

from unwire.declare import Mac, Packet, Part, by, column, field, raw, reading, u8, u16, u32, when


class RootIdentifier(Part, value="hw"):
    """The bridge that the tree grows from."""

    _prio_ext: u16 = field(0)
    prio: u16 = column("_prio_ext & 0xF000", "stp.root.prio")
    ext: u16 = column("_prio_ext & 0x0FFF", "stp.root.ext")
    hw: Mac = field(bytes(6), "stp.root.hw")


class BridgeIdentifier(Part, value="hw"):
    """The bridge that sent the message."""

    _prio_ext: u16 = field(0)
    prio: u16 = column("_prio_ext & 0xF000", "stp.bridge.prio")
    ext: u16 = column("_prio_ext & 0x0FFF", "stp.bridge.ext")
    hw: Mac = field(bytes(6), "stp.bridge.hw")


class GARPinSTP(Packet, name="stp", over={"llc.dsap": 0x42}, when="peek(2) == 1", next=by(0, "stp.garp")):
    """Spanning Tree Protocol"""


class STP(Packet, over={"llc.dsap": 0x42, "llc.cisco_pid": 0x010B, "llc.bridged_pid": 0x000E}):
    """Spanning Tree Protocol"""

    __header__: ClassVar[dict[str, str]] = {
        "flags": "B", "root_id": "8s", "root_path": "I", "bridge_id": "8s", "port_id": "H", "_age": "H", "_max_age": "H", "_hello": "H", "_fd": "H",
    }  # fmt: skip

    proto_id: u16 = field(0, "stp.protocol", base="hex", must="proto_id != 1")
    v: u8 = field(0, "stp.version")
    type: u8 = field(0, "stp.type", base="hex")
    # IEEE 802.1D clause 9.3.2: a topology change notification ends here.
    flags: u8 = when("type != 0x80", field(0, "stp.flags", base="hex"))
    tcack: bool = when("type != 0x80", column("flags >> 7", "stp.flags.tcack"))
    tc: bool = when("type != 0x80", column("flags & 1", "stp.flags.tc"))
    # IEEE 802.1D clause 9.3.3: the bits between are the rapid kind's.
    agreement: bool = when("type == 2", column("flags >> 6 & 1", "stp.flags.agreement"))
    forwarding: bool = when("type == 2", column("flags >> 5 & 1", "stp.flags.forwarding"))
    learning: bool = when("type == 2", column("flags >> 4 & 1", "stp.flags.learning"))
    role: u8 = when("type == 2", column("flags >> 2 & 3", "stp.flags.port_role"))
    proposal: bool = when("type == 2", column("flags >> 1 & 1", "stp.flags.proposal"))
    root_id: bytes = when("type != 0x80", raw(8, b""))
    root: bytes = reading("root_id", when("type != 0x80", RootIdentifier))
    root_path: u32 = when("type != 0x80", field(0, "stp.root.cost"))
    bridge_id: bytes = when("type != 0x80", raw(8, b""))
    bridge: bytes = reading("bridge_id", when("type != 0x80", BridgeIdentifier))
    port_id: u16 = when("type != 0x80", field(0, "stp.port", base="hex"))
    # In units of 1/256 second.
    _age: u16 = when("type != 0x80", field(0))
    _max_age: u16 = when("type != 0x80", field(0))
    _hello: u16 = when("type != 0x80", field(0))
    _fd: u16 = when("type != 0x80", field(0))
    # dpkt leaves to the payload what rapid and multiple trees add.
    v1_len: u8 = when("v >= 2 and type == 2 and left", column("peek(1)", "stp.version_1_length"))

    @property
    def age(self) -> int:
        """Return the message's age in whole seconds."""
        return self._age >> 8

    @age.setter
    def age(self, value: int) -> None:
        self._age = value << 8

    @property
    def max_age(self) -> int:
        """Return the age at which a message is dropped, in whole seconds."""
        return self._max_age >> 8

    @max_age.setter
    def max_age(self, value: int) -> None:
        self._max_age = value << 8

    @property
    def hello(self) -> int:
        """Return the time between messages, in whole seconds."""
        return self._hello >> 8

    @hello.setter
    def hello(self, value: int) -> None:
        self._hello = value << 8

    @property
    def fd(self) -> int:
        """Return the forward delay in whole seconds."""
        return self._fd >> 8

    @fd.setter
    def fd(self, value: int) -> None:
        self._fd = value << 8
