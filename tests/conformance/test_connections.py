"""Messages of whole connections agree with those of tshark: what it finds of HTTP and TLS over TCP is found here, on the frame that completes it.

tshark does not put segments in order for its dissectors (preference tcp.reassemble_out_of_order) and shows no retransmitted ones, so that a better
reassembly finds more; what is found here alone is therefore counted and not compared. What tshark alone finds must have a reason.
"""

from __future__ import annotations

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

#: Captures of which tshark finds messages that are not found here, by the reason.
REASONS = {
    "the datagrams come in fragments, which messages do not put together yet": {
        "PcapPlusPlus__frag_http_req.pcap",
        "PcapPlusPlus__http_req_frag.pcap",
        "PcapPlusPlus__ipfragutil_bpf_filter.pcap",
    },
}


def said(path: Path, kind: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield frame and content of each message."""
    for message in unwire.open(path).messages(kind):
        frame, one = max(message.frames), message.message
        if kind == "tls":
            yield frame, (str(one.type),)
        elif isinstance(one, http.Request):
            yield frame, (one.method, one.uri)
        else:
            yield frame, (one.status,)


def told(row: dict[str, Any], kind: str) -> Iterator[tuple[str, ...]]:
    """Yield the messages of a row of the truth."""

    def values(name: str) -> list[str]:
        return row[name].split(VALUES) if row[name] else []

    if kind == "tls":
        yield from ((one,) for one in values("tls.handshake.type"))
        return
    yield from zip(values("http.request.method"), values("http.request.uri"), strict=False)
    yield from ((code,) for code in values("http.response.code"))


@pytest.mark.parametrize(("kind", "least"), [("http", 2600), ("tls", 1250)])
def test_messages_are_those_of_tshark(kind: str, least: int, kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as pq

    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in pq.read_table(kit / "truth" / f"{kind}.parquet").to_pylist():
        if row["tcp.stream"] is not None:
            rows[row["capture"]].append(row)
    same, missing, more = 0, Counter[str](), 0
    for capture, wanted in rows.items():
        theirs = Counter((int(row["frame.number"]), one) for row in wanted for one in told(row, kind))
        mine = Counter(said(kit / "captures" / capture, kind))
        same += (theirs & mine).total()
        more += (mine - theirs).total()
        if lost := (theirs - mine).total():
            missing[capture] += lost
    explained = {capture: reason for reason, captures in REASONS.items() for capture in captures}
    with capsys.disabled():
        print(f"\n{kind}: {same} messages as tshark has them, {more} only here, {missing.total()} only there ({len(missing)} captures)")
        print("  ", ", ".join(f"{capture} {count}{' *' if capture in explained else ''}" for capture, count in missing.most_common()))
    assert same >= least
    # Not every difference has been looked at: their number must not grow.
    assert missing.total() <= 0.03 * same
