"""TCP options: an open family over the number space ``tcp.option`` (RFC 9293 section 3.1). Multipath TCP lives in mptcp.py.

`when` has an option's rule: one of another size is a `BadOption`.
"""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from unwire.declare import OptionFace, Part, Shown, bits, by, column, field, length, raw, repeat, u8, u16, u24, u32, when
from unwire.protocols.numbers.tcp import Option


# One that claims more than the header has left is no option (size 0 fails), nor is anything behind it.
class TCPOption(OptionFace, Part, next=by("kind", "tcp.option"), size="1 if kind < 2 else length if length <= left else 0"):
    """TCP option"""

    kind: Annotated[Option, u8] = field(0, "tcp.option_kind")
    # RFC 9293 section 3.2: the end of the list and the no-operation are one octet without a length.
    length: u8 = when("kind > 1", length(2, "tcp.option_len", of="part"))


class UnassignedOption(TCPOption, stands="other"):
    """An option that nobody decodes"""

    data: bytes = raw("length - 2", b"", "tcp.options.unknown.payload")


class BadOption(TCPOption, stands="bad"):
    """An option that is not as its rule says; `reason` tells"""

    data: bytes = raw("rest", b"")


class CutOption(TCPOption, stands="cut", fresh=True, size="left"):
    """What is left where an option claims more than there is, or less than it is"""

    __shown_as__: ClassVar[type] = BadOption

    kind: Annotated[Option, u8] = field(0)
    length: u8 = when("left", field(0))
    data: bytes = raw("rest", b"")


class EndOfOptionList(TCPOption, over={"tcp.option": 0}):
    """End of option list (RFC 9293 section 3.2)"""


class NoOperation(TCPOption, over={"tcp.option": 1}):
    """No operation (RFC 9293 section 3.2)"""


class MaximumSegmentSize(TCPOption, over={"tcp.option": 2}, when="size == 4"):
    """Maximum segment size (RFC 9293 section 3.7.1)"""

    mss: u16 = field(65535, "tcp.options.mss_val")


class WindowScale(TCPOption, over={"tcp.option": 3}, when="size == 3", flow={"scale": "shift"}):
    """Window scale (RFC 7323 section 2)"""

    shift: u8 = field(0, "tcp.options.wscale.shift")
    # RFC 7323 section 2.3: a shift above 14 is used as 14.
    multiplier: u16 = column("1 << min(shift, 14)", "tcp.options.wscale.multiplier")


class SACKPermitted(TCPOption, over={"tcp.option": 4}, when="size == 2"):
    """Selective acknowledgment permitted (RFC 2018 section 2)"""


class SACKBlock(OptionFace, Part, flow={"held": "right - left"}):
    """A block of received octets: its first, and the one after its last."""

    left: u32 = field(0, "tcp.options.sack_le")
    right: u32 = field(0, "tcp.options.sack_re")


def _blocks(pairs: Any) -> list[Any]:
    # RFC 2018 section 3: the header has room for four.
    if len(pairs := list(pairs)) > 4:
        raise ValueError(f"SACK.sack: {len(pairs)} blocks, and an option has room for 4")
    return [SACKBlock(left=one[0], right=one[1]) if isinstance(one, tuple) else one for one in pairs]


class SACK(TCPOption, over={"tcp.option": 5}, when="size > 2 and size <= 34 and size % 8 == 2"):
    """Selective acknowledgment (RFC 2018 section 3; duplicates: RFC 2883)"""

    sack: tuple[SACKBlock, ...] = repeat(SACKBlock, shown=Shown(tuple, _blocks))
    count: u8 = column("(length - 2) // 8", "tcp.options.sack.count")


class Timestamps(TCPOption, over={"tcp.option": 8}, when="size == 10"):
    """Timestamps (RFC 7323 section 3)"""

    __keywords__: ClassVar[dict[str, str]] = {"tsval": "timestamp", "tsecr": "echo"}

    timestamp: u32 = field(0, "tcp.options.timestamp.tsval")
    echo: u32 = field(0, "tcp.options.timestamp.tsecr")


class MD5Signature(TCPOption, over={"tcp.option": 19}, when="size == 18"):
    """MD5 signature (RFC 2385, obsoleted by RFC 5925)"""

    digest: bytes = raw(16, bytes(16), "tcp.options.md5.digest")


def _rate_of(kilobits: int) -> int:
    # RFC 4782 section 3.1: 40 kbit/s times two to the power of the rate; 0 is no request.
    if not 0 <= kilobits <= 40 << 15:
        raise ValueError(f"QuickStartResponse.req_rate: {kilobits} is not within 0 and {40 << 15} kbit/s")
    return 0 if kilobits < 80 else min((kilobits // 40).bit_length() - 1, 15)


class QuickStartResponse(TCPOption, over={"tcp.option": 27}, when="size == 8"):
    """Quick-Start response (RFC 4782 section 3.2); `req_rate` in kbit/s"""

    __keywords__: ClassVar[dict[str, str]] = {"rate": "req_rate", "diff": "ttl_diff"}

    _rate: u8 = field(0)
    _reserved: int = bits(4, 0)
    req_rate: u8 = bits(4, 0, "tcp.options.qs.rate", shown=Shown(lambda rate: 40 << rate if rate else 0, _rate_of))
    ttl_diff: u8 = field(0, "tcp.options.qs.ttl_diff")
    _nonce: u32 = field(0)
    nonce: u32 = bits(30, 0)


class UserTimeout(TCPOption, over={"tcp.option": 28}, when="size == 4"):
    """User timeout (RFC 5482 section 3): minutes where `granularity` is set, else seconds"""

    __shown__: ClassVar[tuple[str, ...]] = ("timeout",)

    _value: u16 = field(0)
    granularity: bool = bits(1, 0, "tcp.options.user_to_granularity")
    _timeout: u16 = bits(15, 0, "tcp.options.user_to_val")

    @property
    def timeout(self) -> timedelta:
        """The time; writing it, as a time or in seconds, chooses minutes where seconds have no room."""
        return timedelta(minutes=self._timeout) if self.granularity else timedelta(seconds=self._timeout)

    @timeout.setter
    def timeout(self, value: timedelta | int) -> None:
        seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
        self.granularity = seconds >= 1 << 15 or (self.granularity and seconds % 60 == 0)
        self._timeout = seconds // 60 if self.granularity else seconds


class Authentication(TCPOption, over={"tcp.option": 29}, when="size >= 4"):
    """TCP authentication option (RFC 5925 section 2.2)"""

    key_id: u8 = field(0, "tcp.options.ao.keyid")
    next_key_id: u8 = field(0, "tcp.options.ao.rnextkeyid")
    mac: bytes = raw("length - 4", b"", "tcp.options.ao.mac")


class FastOpenCookie(TCPOption, over={"tcp.option": 34}, when="size == 2 or (size >= 6 and size <= 18 and size % 2 == 0)"):
    """Fast Open (RFC 7413 section 4.1): without a cookie it asks for one"""

    cookie: bytes | None = when("left", raw("rest", None, "tcp.options.tfo.cookie"))


class BadCookie(BadOption, over={"tcp.option": 34}, stands="bad"):
    """A cookie of a size that none has: Wireshark shows it"""

    __shown_as__: ClassVar[type] = BadOption

    data: bytes = raw("length - 2", b"", "tcp.options.tfo.cookie")


class AccECN0(TCPOption, over={"tcp.option": 172}, when="size <= 11 and size % 3 == 2"):
    """Accurate ECN byte counters, order 0 (RFC 9768 section 3.2.3): as many as fit"""

    ee0b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee0b"))
    eceb: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.eceb"))
    ee1b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee1b"))


class AccECN1(TCPOption, over={"tcp.option": 174}, when="size <= 11 and size % 3 == 2"):
    """Accurate ECN byte counters, order 1"""

    ee1b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee1b"))
    eceb: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.eceb"))
    ee0b: u24 | None = when("left >= 3", field(None, "tcp.options.acc_ecn.ee0b"))
