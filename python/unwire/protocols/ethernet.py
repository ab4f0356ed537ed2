"""Ethernet II, and IEEE 802.3 with LLC or Novell's raw IPX inside."""

from typing import Any, ClassVar

from unwire.declare import Mac, Packet, by, column, field, payload, raw, u16, u32, when


class Ethernet(
    Packet,
    name="eth",
    over={"link": 1, "gre.proto": 0x6558, "ethertype": 0x6558},
    next=(
        by("type", "ethertype", when="type >= 0x600", via="ethertype"),
        # Novell's raw 802.3 has no LLC: an IPX checksum, always all ones, follows the length at once.
        by("peek(2)", "eth.raw", when="type <= 1500 and peek(2) == 0xFFFF"),
        by(0, "eth.llc", when="type <= 1500 and peek(2) != 0xFFFF"),
    ),
    folds=("vlan_tags?", "mpls_labels?"),
    info="{src} → {dst}",
):
    """Ethernet"""

    #: dpkt decodes bytes that are given as `data`; of all classes only here.
    __decodes_data__: ClassVar[bool] = True
    __shown__: ClassVar[tuple[str, ...]] = ("vlan_tags", "vlanid", "priority", "cfi", "mpls_labels", "labels")

    dst: Mac = field(b"", "eth.dst", also="eth.addr")
    src: Mac = field(b"", "eth.src", also="eth.addr")
    type: u16 = field(0x0800)
    # IEEE 802.3 clause 3.2.6: up to 1500 the two bytes are a length, from 0x600 on a type; between them they are neither.
    eth_type: u16 = when("type >= 0x600", column("type", "eth.type", base="hex"))
    eth_len: u16 = when("type <= 1500", column("type", "eth.len"))
    invalid: u16 = when("1500 < type < 0x600", column("type", "eth.invalid_lentype", base="hex"))
    data: Any = payload("left if type > 1500 else min(type, left)")
    # IEEE 802.3 clause 3.2.8: a client's data of less than 46 bytes is filled up to the least frame size.
    padding: bytes = when("type < 46 and left >= 46 - type and zeros(46 - type)", raw("46 - type", b""))
    trailer: bytes = when("left > (4 if size >= 64 and left >= 4 else 0)", raw("left - 4 if size >= 64 and left >= 4 else left", b""))
    fcs: u32 = when("left >= 4", u32)

    @property
    def vlanid(self) -> int:
        """The number of the first tag, as dpkt had it before `vlan_tags`."""
        return int(self.vlan_tags[0].id)

    @property
    def priority(self) -> int:
        """The priority of the first tag."""
        return int(self.vlan_tags[0].pri)

    @property
    def cfi(self) -> int:
        """The drop eligible indicator of the first tag."""
        return int(self.vlan_tags[0].cfi)

    @property
    def labels(self) -> list[Any]:
        """The labels as tuples (label, experimental bits, time to live), as dpkt had them before `mpls_labels`."""
        return [label.as_tuple() for label in self.mpls_labels]
