"""Display filters select the frames that tshark selects: expected.json has its answers; where that minor version is installed it is asked again."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import unwire

sys.path.insert(0, str(Path(__file__).parent))

HERE = Path(__file__).parent
STORED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
_METADATA = "Cisco's metadata (ethertype 0x8909) are not declared, and so what follows them inside GRE is not reached"
_LISP = "LISP's control messages are not declared, and so the datagram that one carries is not reached"
_LWAPP = "LWAPP is not declared, and so the 802.11 frames that it carries are not reached"
_NAMES = "names of applications (DHCP, and TLS where the filter does not name it) are no part of `frame.protocols`"
#: Filters of which tshark selects other frames, and why.
DIFFERENCES = {
    "hsrp || vrrp || ospf || pim || igmp": _METADATA,
    "len(frame.protocols) > 20": _NAMES,
    "ip.src#2 == 10.0.0.0/8": _METADATA,
    "udp#2": _LISP,
    "gre && ip#2": _METADATA,
    "wlan.fc.type == 0": _LWAPP,
}


def _frames(text: str) -> list[int]:
    made: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        made += range(int(first), int(last or first) + 1)
    return made


def _mine(kit: Path, row: dict[str, Any]) -> list[int]:
    from expected import STREAMS

    # What streams say tshark was asked with datagrams put together.
    whole = bool(STREAMS.search(row["filter"]))
    table = unwire.open(kit / "captures" / row["capture"]).packets("frame.number", where=row["filter"], reassemble=whole)
    return [entry["frame.number"] for entry in table]


def _declared(row: dict[str, Any]) -> bool:
    """Whether all fields of a filter are declared; those of Wireshark's own rules need not be."""
    try:
        unwire.compile(row["filter"])
    except unwire.FilterError as error:
        assert re.match(r"unknown (field|protocol)", error.reason), (row["filter"], error.reason)
        return False
    return True


def _compare(kit: Path, rows: list[dict[str, Any]]) -> None:
    different = []
    for row in rows:
        mine, want = _mine(kit, row), _frames(row["frames"])
        if mine != want and row["filter"] not in DIFFERENCES:
            different.append(
                (row["filter"], row["capture"], "only tshark", sorted(set(want) - set(mine))[:5], "only here", sorted(set(mine) - set(want))[:5])
            )
    assert not different


def test_the_frames_are_those_of_tshark(kit: Path) -> None:
    from expected import filters

    named = set(filters())
    rows = [row for row in STORED["asked"] if "error" not in row and (row["filter"] in named or _declared(row))]
    assert len({row["filter"] for row in rows}) >= 250
    _compare(kit, rows)


def test_what_tshark_refuses_is_refused() -> None:
    refused = [row["filter"] for row in STORED["asked"] if "error" in row]
    for expression in refused:
        with pytest.raises(unwire.FilterError):
            unwire.compile(expression)


def test_every_difference_is_one(kit: Path) -> None:
    for expression in DIFFERENCES:
        rows = [row for row in STORED["asked"] if row["filter"] == expression]
        assert any(_mine(kit, row) != _frames(row["frames"]) for row in rows), f"{expression!r} is no difference any more"


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_tshark_says_it_again(kit: Path) -> None:
    import expected

    if expected.version().rpartition(".")[0] != STORED["tshark"].rpartition(".")[0]:
        pytest.skip(f"this is tshark {expected.version()}, the answers are of {STORED['tshark']}")
    rows = [row for row in STORED["asked"] if "error" not in row]
    for row in rows[:: max(1, len(rows) // 40)]:
        again, _ = expected.select(kit / "captures" / row["capture"], row["filter"])
        assert again == _frames(row["frames"]), row["filter"]
