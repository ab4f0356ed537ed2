"""TCP options: an open family over the number space ``tcp.option`` (RFC 9293 section 3.1). Multipath TCP lives in mptcp.py."""

from unwire.declare import Part, bits, by, column, field, length, raw, repeat, u8, u16, u24, u32, when


# One that claims more than the header has left is no option (size 0 fails), nor is anything behind it.
class TCPOption(Part, next=by("kind", "tcp.option"), size="1 if kind < 2 else length if length <= left else 0"):
    """TCP option"""

    kind: u8 = field(0, "tcp.option_kind")
    # RFC 9293 section 3.2: the end of the list and the no-operation are one octet without a length.
    length: u8 = when("kind > 1", length(2, "tcp.option_len", of="part"))


class EndOfOptionList(TCPOption, over={"tcp.option": 0}):
    """End of option list"""


class NoOperation(TCPOption, over={"tcp.option": 1}):
    """No operation"""


class MaximumSegmentSize(TCPOption, over={"tcp.option": 2}):
    """Maximum segment size (RFC 9293 section 3.7.1)"""

    mss: u16 = field(65535, "tcp.options.mss_val")


class WindowScale(TCPOption, over={"tcp.option": 3}):
    """Window scale (RFC 7323 section 2)"""

    shift: u8 = field(0, "tcp.options.wscale.shift")
    # RFC 7323 section 2.3: a shift above 14 is used as 14.
    multiplier: u16 = column("1 << min(shift, 14)", "tcp.options.wscale.multiplier")


class SACKPermitted(TCPOption, over={"tcp.option": 4}):
    """Selective acknowledgment permitted (RFC 2018 section 2)"""


class SACKBlock(Part):
    """A block of received octets: its first, and the one after its last."""

    left: u32 = field(0, "tcp.options.sack_le")
    right: u32 = field(0, "tcp.options.sack_re")


class SACK(TCPOption, over={"tcp.option": 5}):
    """Selective acknowledgment (RFC 2018 section 3)"""

    sack: list[SACKBlock] = repeat(SACKBlock)
    count: u8 = column("(length - 2) // 8", "tcp.options.sack.count")


class Timestamps(TCPOption, over={"tcp.option": 8}):
    """Timestamps (RFC 7323 section 3)"""

    timestamp: u32 = field(0, "tcp.options.timestamp.tsval")
    echo: u32 = field(0, "tcp.options.timestamp.tsecr")


class MD5Signature(TCPOption, over={"tcp.option": 19}):
    """MD5 signature (RFC 2385)"""

    digest: bytes = raw(16, bytes(16), "tcp.options.md5.digest")


class QuickStartResponse(TCPOption, over={"tcp.option": 27}):
    """Quick-Start response (RFC 4782 section 3.2)"""

    _rate: u8 = field(0)
    _reserved: int = bits(4, 0)
    req_rate: u8 = bits(4, 0, "tcp.options.qs.rate")
    ttl_diff: u8 = field(0, "tcp.options.qs.ttl_diff")
    _nonce: u32 = field(0)
    nonce: u32 = bits(30, 0)


class UserTimeout(TCPOption, over={"tcp.option": 28}):
    """User timeout (RFC 5482 section 3): minutes where granularity is set, else seconds"""

    _value: u16 = field(0)
    granularity: bool = bits(1, 0, "tcp.options.user_to_granularity")
    timeout: u16 = bits(15, 0, "tcp.options.user_to_val")


class Authentication(TCPOption, over={"tcp.option": 29}):
    """TCP authentication option (RFC 5925 section 2.2)"""

    key_id: u8 = field(0, "tcp.options.ao.keyid")
    next_key_id: u8 = field(0, "tcp.options.ao.rnextkeyid")
    mac: bytes = raw("length - 4", b"", "tcp.options.ao.mac")


class FastOpenCookie(TCPOption, over={"tcp.option": 34}):
    """Fast Open (RFC 7413 section 4.1): without a cookie it asks for one"""

    cookie: bytes = when("left", raw("rest", None, "tcp.options.tfo.cookie"))


class AccECN0(TCPOption, over={"tcp.option": 172}):
    """Accurate ECN byte counters, order 0 (RFC 9768 section 3.2.3): as many as fit"""

    ee0b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee0b"))
    eceb: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.eceb"))
    ee1b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee1b"))


class AccECN1(TCPOption, over={"tcp.option": 174}):
    """Accurate ECN byte counters, order 1"""

    ee1b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee1b"))
    eceb: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.eceb"))
    ee0b: u24 = when("left >= 3", field(0, "tcp.options.acc_ecn.ee0b"))
