"""Ethernet II, and IEEE 802.3 with LLC or Novell's raw IPX inside."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from unwire.declare import Mac, Numbers, Packet, by, checksum, column, derived, field, payload, raw, u16, u32, when

#: IEEE's ethertypes in Wireshark's words, the common ones.
ETHERTYPES = {
    0x0800: "IPv4", 0x0806: "ARP", 0x8035: "RARP", 0x8100: "802.1Q Virtual LAN", 0x86DD: "IPv6", 0x8847: "MPLS label switched packet",
    0x8863: "PPPoE Discovery", 0x8864: "PPPoE Session", 0x888E: "802.1X Authentication", 0x88A8: "802.1ad Provider Bridge (Q-in-Q)",
    0x88CC: "802.1 Link Layer Discovery Protocol (LLDP)",
}  # fmt: skip

# A field of the frame is called `type`.
_Class = type
_MPLS = (0x8847, 0x8848)
_TAGGED = (0x8100, 0x88A8, 0x9100, 0x9200)


def _colons(address: bytes) -> str:
    return address.hex(":")


class Ethernet(
    Packet,
    name="eth",
    over={"link": 1, "gre.proto": 0x6558, "ethertype": 0x6558},
    next=(
        by("type", "ethertype", when="type >= 0x600", via="ethertype"),
        # Novell's raw 802.3 has no LLC: an IPX checksum, always all ones, follows the length at once.
        by("peek(2)", "eth.raw", when="type <= 1500 and peek(2) == 0xFFFF"),
        by(0, "eth.llc", when="0 < type <= 1500 and peek(2) != 0xFFFF"),
    ),
    folds=("vlan_tags?", "mpls_labels?", "_control_words"),
    info="{src} → {dst}",
    aliases={"dst": "eth.dst", "src": "eth.src", "type": "eth.type"},
):
    """Ethernet"""

    #: dpkt decodes bytes that are given as `data`; of all classes only here.
    __decodes_data__: ClassVar[bool] = True
    __shown__: ClassVar[tuple[str, ...]] = (
        "vlan_tags",
        "vlan",
        "vlanid",
        "priority",
        "cfi",
        "labels",
        "mpls_labels",
        "len",
        "padding",
        "fcs",
        "trailer",
    )
    __hidden__: ClassVar[tuple[str, ...]] = ("padding", "fcs", "trailer")
    # Inter-Switch Link puts a tag before the whole frame and knows it by the destination.
    __before__: ClassVar[tuple[tuple[bytes, str], ...]] = (
        (b"\x01\x00\x0c\x00\x00", "unwire.protocols.isl.VLANtagISL"),
        (b"\x03\x00\x0c\x00\x00", "unwire.protocols.isl.VLANtagISL"),
    )
    _typesw: ClassVar[Numbers] = Numbers("ethertype")
    _typesw_rev: ClassVar[Mapping[_Class, int]] = _typesw.by_class
    __pprint_funcs__: ClassVar[dict[str, Callable[[Any], object]]] = {"dst": _colons, "src": _colons}

    dst: Mac = field(b"", "eth.dst", also="eth.addr")
    src: Mac = field(b"", "eth.src", also="eth.addr")
    type: u16 = field(0x0800)
    # IEEE 802.3 clause 3.2.6: up to 1500 the two bytes are a length, from 0x600 on a type; between them they are neither.
    eth_type: u16 = when("type >= 0x600", column("type", "eth.type", base="hex", names=ETHERTYPES))
    eth_len: u16 = when("type <= 1500", column("type", "eth.len"))
    invalid: u16 = when("1500 < type < 0x600", column("type", "eth.invalid_lentype", base="hex"))
    # A type of 0 says nothing; dpkt leaves the bytes as they are. That it is a type is asked first: the short way knows one question.
    data: Any = payload("left if type > 1500 else min(type, left) if type else left")
    # IEEE 802.3 clause 3.2.8: a client's data of less than 46 bytes is filled up to the least frame size.
    padding: bytes = when("type < 46 and left > 4 and left >= 46 - type and zeros(46 - type)", raw("46 - type"))
    # Nothing tells whether a check sequence was captured: what is long enough is taken for one, as dpkt does.
    fcs: u32 = when("left >= 4", checksum(how="crc32", over="before"))
    trailer: bytes = when("left", raw("left"))

    @derived
    def vlan(self) -> int:
        """The number of the Inter-Switch Link tag, as dpkt had it before `vlan_tags`."""
        return int(self._first_tag(leading=True).id)

    @derived
    def vlanid(self) -> int:
        """The number of the first tag, as dpkt had it before `vlan_tags`."""
        return int(self._first_tag().id)

    @derived
    def priority(self) -> int:
        """The priority of the first tag."""
        return int(self._first_tag().pri)

    @derived
    def cfi(self) -> int:
        """The drop eligible indicator of the first tag."""
        return int(self._first_tag().cfi)

    @derived
    def labels(self) -> list[Any]:
        """The labels as tuples (label, experimental bits, time to live), as dpkt had them before `mpls_labels`."""
        return [label.as_tuple() for label in self.mpls_labels]

    @derived
    def len(self) -> int:
        """The length of an IEEE 802.3 frame; absent where `type` is a type."""
        if self.raw is None or not 0 < self.type <= 1500 or type(self.data).__name__ != "LLC":
            raise AttributeError("Ethernet.len: the frame has a type")
        return int(self.type)

    def _first_tag(self, leading: bool = False) -> Any:
        for tag in self.vlan_tags[:1]:
            if tag.__leads__ is leading:
                return tag
        raise AttributeError("Ethernet: there is no tag of that kind before all others")

    @classmethod
    def set_type(cls, t: int, pktclass: _Class) -> None:
        """Let a class answer to a type, for frames read from now on."""
        cls._typesw[t] = pktclass

    @classmethod
    def get_type(cls, t: int) -> Any:
        """The class that answers to a type."""
        return cls._typesw[t]

    @classmethod
    def get_type_rev(cls, k: _Class) -> int:
        """The type that a class answers to."""
        return cls._typesw.number_of(k)

    def _settle(self) -> tuple[list[list[Any]], dict[str, int] | None]:
        # The types of the frame and its tags say what stands behind them, whatever was set; `type` itself stays as it is.
        views, stated = super()._settle()
        tags, labels, _ = views
        wanted = self._type_of(self.data, self.type)
        if labels:
            for label in labels:
                if label.s != (label is labels[-1]):
                    label.s = int(label is labels[-1])
            wanted = self.type if self.type in _MPLS else _MPLS[0]
        if tags:
            if len(tags) > 2 and any(getattr(tag, "raw", None) is None for tag in tags):
                raise ValueError("maximum is 2 VLAN tags per Ethernet frame")
            inner = wanted
            if tags[0].__leads__:
                tags[0].type = 0
            else:
                if inner not in _TAGGED and tags[-1].type != inner:
                    tags[-1].type = inner
                if len(tags) == 2 and tags[0].type not in _TAGGED:
                    tags[0].type = _TAGGED[0]
                wanted = self.type if self.type in _TAGGED else _TAGGED[len(tags) - 1]
        return views, {"type": wanted} if wanted != self.type else stated

    def _type_of(self, data: Any, given: int) -> int:
        if isinstance(data, bytes | bytearray | memoryview):
            return given
        if type(data).__name__ == "LLC":
            # What was cut when it was captured keeps the length that it had.
            return given if data.raw is not None and len(data) < given <= 1500 and len(data) == len(data.raw) else len(data)
        if given <= 1500 and data.raw is not None:
            return given
        try:
            numbers = self._typesw.numbers_of(type(data))
        except KeyError:
            return given
        return given if given in numbers else numbers[0]
