"""What legitimately differs between tshark's messages and ours: named predicates over a cell, each with its reason. None is "not done yet"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from messages import Cell

VALUES = "\x1f"


def _behind(cell: Cell) -> list[str]:
    """Return the protocols that tshark finds behind the transport."""
    chain = cell.chain
    return chain[max((at for at, name in enumerate(chain) if name in ("tcp", "udp")), default=len(chain) - 1) + 1 :]


def _begins(cell: Cell) -> bool:
    theirs, mine = (value.split(VALUES) if value else [] for value in (cell.want, cell.got))
    return theirs[: len(mine)] == mine


def _cut(cell: Cell) -> bool:
    claimed = (cell.row["ip.len"] or "0").split(VALUES)[0]
    return cell.row["frame.cap_len"] != cell.row["frame.len"] or int(claimed) > int(cell.row["frame.len"] or 0)


def _ports(cell: Cell) -> set[str]:
    return set(VALUES.join(cell.row[f"udp.{way}port"] or "" for way in ("src", "dst")).split(VALUES))


#: Messages with names that are too long, or whose pointers lead nowhere.
_BAD_NAMES = {
    "PcapPlusPlus__clusterfuzz-testcase-FuzzTarget-5188876846235648",
    "PcapPlusPlus__clusterfuzz-testcase-minimized-FuzzTarget-5654053026791424",
    "nDPI__malformed_dns.pcap",
    "zeek__dns-invalid-names.pcap",
}

_SECRETS = {"nDPI__quic-33.pcapng", "nDPI__doq.pcapng"}
_UNPUBLISHED = {"nDPI__quic-mvfst-22.pcap"}
#: Connections with a suite without a cipher.
_IN_CLEAR = {"zeek__globus-url-copy.pcap"}

Reason = tuple[str, Callable[["Cell"], bool]]

#: Of every table.
_ALWAYS: tuple[Reason, ...] = (
    ("tshark gives up on the frame, and what it printed before is an accident", lambda cell: cell.row["_ws.malformed"] is not None),
)

#: Of streams whose segments are not one after the other: what is the same, but in order.
_ORDER: tuple[Reason, ...] = (
    (
        "tshark puts segments in order only where it is told to (tcp.reassemble_out_of_order), and then says what is here",
        lambda cell: cell.reordered == cell.got,
    ),
    (
        "a message behind a hole stands on the packet that tells that nothing fills it; tshark reads segments where they are",
        lambda cell: cell.moved and bool({"lost_segment", "ack_lost_segment"} & cell.troubles),
    ),
)

#: Of the same: what is read otherwise.
_STREAMS: tuple[Reason, ...] = (
    (
        "the octets of a sequence number come twice and differ: the first stay here, tshark reads each segment by itself",
        lambda cell: cell.contradicts,
    ),
    (
        "a segment says that it comes before the stream's beginning (a fuzzer changed it)",
        lambda cell: "before" in cell.troubles and not cell.got,
    ),
)


def _start_line(cell: Cell) -> bool:
    """Whether tshark shows a start line as far as HTTP/1 has it."""
    theirs = cell.theirs
    request = theirs.get("http.request.method") and theirs.get("http.request.version")
    return bool(request or (theirs.get("http.response.version") and theirs.get("http.response.code")))


#: Protocols with TLS in them that are not declared.
_AROUND = frozenset({"openvpn", "proxy", "rdpudp"})

#: By table; they are asked in order.
REASONS: dict[str, tuple[Reason, ...]] = {
    "dns": (
        (
            "tshark guesses from the content that datagrams of other ports are DNS",
            lambda cell: "udp" in cell.chain and not {"53", "5353", "5355"} & _ports(cell) and not cell.got,
        ),
        ("of a message that the snap length cut, here is every field whose bytes are there", lambda cell: _cut(cell) and not cell.want),
        ("a message ends at a name that cannot be read; tshark goes on behind it", lambda cell: cell.capture in _BAD_NAMES and _begins(cell)),
    ),
    "http": (
        (
            "a part of the body was not captured, so that tshark waits for it; the message stands here where its last octet does",
            lambda cell: "lost_segment" in cell.troubles and not cell.want and bool(cell.ours["http.content_length_header"]),
        ),
        (
            "the snap length cut the message, so that it is not whole in the capture; tshark shows what there is",
            lambda cell: _cut(cell) and not cell.got,
        ),
        (
            "tshark takes for a start line what lacks a version or a code",
            lambda cell: "http" in cell.chain and not _start_line(cell) and not cell.got,
        ),
        ("tshark 4.0 does not know the method QUERY", lambda cell: cell.ours["http.request.method"] == "QUERY"),
        (
            "between method and target are several spaces; tshark takes nothing for the target",
            lambda cell: cell.ours["http.request.uri"][:3] == "/aa",
        ),
        (
            "a body of 2^64-1 octets never becomes whole; tshark takes the length for none",
            lambda cell: (cell.theirs.get("http.content_length_header") or "").startswith("18446744073709551615"),
        ),
        (
            "a header field over two lines (RFC 9112 section 5.2) says that the body is in chunks; tshark reads its first line alone",
            lambda cell: cell.capture == "zeek__variant-09-te_obs_fold.pcap",
        ),
    ),
    "tls": (
        (
            "the capture carries the secrets of its connections (pcapng decryption secrets), which tshark uses",
            lambda cell: cell.capture in _SECRETS,
        ),
        (
            "of a version that was tried out before draft 23 nobody published how its first keys are derived",
            lambda cell: cell.capture in _UNPUBLISHED,
        ),
        (
            "a client's hello that is sent again, after a retry or another version, is shown once by tshark",
            lambda cell: "quic" in cell.chain and not cell.want,
        ),
        ("TLS inside OpenVPN, PROXY or RDP over UDP, which are not declared", lambda cell: bool(_AROUND & set(_behind(cell)))),
        (
            "tshark takes for SSL 2 what begins no record",
            lambda cell: cell.column == "tls.record.version" and set(cell.want.split(VALUES)) == {"0x0002"},
        ),
        (
            "tshark takes the stream for what its port says, or another protocol",
            lambda cell: not cell.spoken and "tls" not in cell.chain and not cell.want,
        ),
        ("several frames lie in one (A-MSDU), of which the first is read here", lambda cell: "wlan" in cell.chain and _begins(cell)),
        (
            "a suite that does not encrypt: what follows the change of cipher can be read, which tshark does",
            lambda cell: cell.capture in _IN_CLEAR and _begins(cell),
        ),
    ),
}


def explain(table: str, cell: Cell) -> str | None:
    """Return why a cell may differ, or None."""
    before, behind = ((), ()) if table == "dns" else (_ORDER, _STREAMS)
    reasons = (*_ALWAYS, *before, *REASONS[table], *behind)
    return next((why for why, holds in reasons if holds(cell)), None)
