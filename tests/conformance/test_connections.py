"""Messages of whole connections agree with those of tshark: what it finds of HTTP and TLS over TCP is found by `messages()`.

Every message that only one of the two has must have a reason in message_differences.py; those are counted in both directions, and bounded.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import unwire
from unwire.dpkt import http

sys.path.insert(0, str(Path(__file__).parent))

VALUES = "\x1f"
Message = tuple[str, ...]


def said(path: Path, kind: str) -> Iterator[tuple[bool, tuple[int, Message]]]:
    """Yield frame and content of each message, and whether it is cut."""
    for message in unwire.open(path).messages(kind):
        frame, one = max(message.frames), message.message
        if kind == "tls":
            yield message.cut, (frame, (str(one.type),))
        elif isinstance(one, http.Request):
            yield message.cut, (frame, (one.method, one.uri))
        else:
            yield message.cut, (frame, (one.status,))


def told(row: dict[str, Any], kind: str) -> Iterator[Message]:
    """Yield the messages of a row of the truth."""

    def values(name: str) -> list[str]:
        return row[name].split(VALUES) if row[name] else []

    if kind == "tls":
        yield from ((one,) for one in values("tls.handshake.type"))
        return
    yield from zip(values("http.request.method"), values("http.request.uri"), strict=False)
    yield from ((code,) for code in values("http.response.code"))


def columns(kind: str, message: Message | None) -> tuple[str, dict[str, str]]:
    """Return a message as columns: the first, and all."""
    if kind == "tls":
        return "tls.handshake.type", {"tls.handshake.type": message[0] if message else ""}
    method, uri, code = (*message, "") if message and len(message) == 2 else ("", "", message[0] if message else "")
    found = {"http.request.method": method, "http.request.uri": uri, "http.response.code": code}
    return "http.response.code" if code else "http.request.method", found


#: What `messages()` alone differs in, by capture.
OWN = {
    "nDPI__EAQ.pcap": "a body that a reset ends",
    **dict.fromkeys(
        ("nDPI__jsonrpc.pcap", "nDPI__steam.pcapng"),
        "the clock of the capture goes back by days and years: for the table of flows a connection of then is long over",
    ),
    "nDPI__ndpi_match_string_subprotocol__error.pcapng": "a version that is no number, which dpkt's class of responses refuses",
    "zeek__ssl.v3.pcap": "a client's hello of SSL 2 is no handshake message of TLS",
}
CLOSED = "a body that ends with the connection: tshark shows it on the packet that closes it, here are those that carried it"

ORDERED = "tshark has it where it puts segments in order, on the packet that completes it; here are those that carried it"


@functools.cache
def in_order(capture: str, column: str) -> frozenset[tuple[str, str]]:
    """Return numbers of streams and values that tshark prints in a column where it puts segments in order, if it prints others without."""
    import messages

    told = ((frame, value) for (one, frame, name), value in messages.reordered().items() if (one, name) == (capture, column))
    return frozenset((messages.stream(capture, frame), each) for frame, value in told for each in value.split(VALUES))


def reason(kind: str, capture: str, frame: int, message: Message, side: str, moved: bool) -> str | None:
    """Return why one side alone has a message, or None."""
    import messages
    from message_differences import explain

    name, values = columns(kind, message)
    theirs, ours = (values[name] if side == one else "" for one in ("tshark", "here"))
    cell = messages.cell(kind, capture, frame, name, theirs, ours)
    cell.moved, cell.ours = moved, {"http.content_length_header": ""} | (values if side == "here" else columns(kind, None)[1])
    if cell.reordered is not None:
        # Of the messages that tshark has on the frame when it puts segments in order, this one.
        cell.reordered = values[name] if values[name] in cell.reordered.split(VALUES) else ""
    if side == "here" and (messages.stream(capture, frame), values[name]) in in_order(capture, name):
        return ORDERED
    return explain(kind, cell) or OWN.get(capture)


#: Messages that both must have, and how many may be tshark's or ours alone for a reason.
@pytest.mark.parametrize(("kind", "least", "theirs", "ours"), [("http", 2700, 20, 20), ("tls", 1300, 30, 120)])
def test_messages_are_those_of_tshark(kind: str, least: int, theirs: int, ours: int, kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import messages
    import pyarrow.parquet as pq

    rows: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in pq.read_table(kit / "truth" / f"{kind}.parquet").to_pylist():
        if row["tcp.stream"] is not None:
            rows[row["capture"]][row["frame.number"]] = row
    same, alone, reasons, found = 0, Counter[str](), Counter[str](), []
    for capture, wanted in rows.items():
        want = Counter((frame, one) for frame, row in wanted.items() for one in told(row, kind))
        # Few messages that the capture cuts are shown by tshark.
        mine = Counter(one for cut, one in said(kit / "captures" / capture, kind) if one in want or not cut)
        same += (want & mine).total()
        lost = {"tshark": want - mine, "here": mine - want}
        told_of = {side: {(messages.stream(capture, frame), one) for frame, one in lost[side]} for side in lost}
        moved = told_of["tshark"] & told_of["here"]
        for side, frame, message in [(name, *one) for name in lost for one in lost[name].elements()]:
            is_moved = (messages.stream(capture, frame), message) in moved
            why = CLOSED if is_moved and kind == "http" else reason(kind, capture, frame, message, side, is_moved)
            alone[side] += 1
            reasons[why or ""] += 1
            if why is None:
                found.append((capture, frame, side, message))
    with capsys.disabled():
        print(f"\n{kind}: {same} messages as tshark has them, {alone['here']} only here, {alone['tshark']} only there; {dict(reasons)}")
    assert not found, "\n".join(map(str, found))
    assert same >= least
    assert alone["tshark"] <= theirs
    assert alone["here"] <= ours
