"""What a segment routing header has behind its segments: an open family of TLVs (RFC 8754 section 2.1). The header lives in ip6_routing.py."""

from typing import ClassVar

from unwire.declare import OptionFace, Part, bits, by, field, length, raw, u8, u16, u32, when


# One that claims more than the header has left is none (size 0 fails), nor is anything behind it.
class SegmentTLV(
    OptionFace, Part, next=by("type", "ipv6.routing.srh.tlv"), size="(1 if type == 0 else 2 + length) if type == 0 or 2 + length <= left else 0"
):
    """TLV of a segment routing header"""

    type: u8 = field(4)
    length: u8 = when("type", length(0, of="part", value="size - 2"))


class SegmentUnknown(SegmentTLV, stands="other"):
    """A TLV that nobody decodes"""

    data: bytes = raw("left", b"")


class SegmentBad(SegmentTLV, stands="bad"):
    """A TLV that is not as its rule says; `reason` tells"""

    data: bytes = raw("left", b"")


class SegmentCut(SegmentTLV, stands="cut", fresh=True, size="left"):
    """What is left where a TLV claims more than there is"""

    __shown_as__: ClassVar[type] = SegmentBad

    type: u8 = field(0)
    length: u8 = when("left", field(0))
    data: bytes = raw("left", b"")


class SegmentPad1(SegmentTLV, over={"ipv6.routing.srh.tlv": 0}):
    """One octet of padding (RFC 8754 section 2.1.1.1)"""


class SegmentPadN(SegmentTLV, over={"ipv6.routing.srh.tlv": 4}, when="size <= 7"):
    """Two to seven octets of padding (RFC 8754 section 2.1.1.2)"""

    padding: bytes = raw("length", b"")


class SegmentHMAC(SegmentTLV, over={"ipv6.routing.srh.tlv": 5}, when="size >= 16 and size <= 40 and size % 8 == 0"):
    """Keyed hash of the header (RFC 8754 section 2.1.2): `unverified_destination` is the D bit"""

    _reserved: u16 = field(0)
    unverified_destination: bool = bits(1, 0)
    _rest: u16 = bits(15, 0)
    key_id: u32 = field(0)
    hmac: bytes = raw("left", bytes(32))


def filling(missing: int) -> bytes:
    """Return that many octets of padding."""
    return bytes(missing) if missing == 1 else bytes([4, missing - 2]) + bytes(missing - 2)
