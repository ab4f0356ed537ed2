"""The members that PyPCAPKit's TCP page documents, in its order: names of the header's fields, classes with their members, functions."""

from __future__ import annotations

import re
from pathlib import Path

#: PyPCAPKit's page is the third document beside the checkout, where it is there.
PAGE = Path(__file__).resolve().parents[3] / "shared" / "seeds" / "002_5bfe598138ab6c3f.txt"
_CLASS = re.compile(r"^class pcapkit\.protocols\.(transport|schema\.transport|data\.transport)\.tcp\.(\w+)")
_FUNCTION = re.compile(r"^pcapkit\.protocols\.schema\.transport\.tcp\.(\w+)\(")
_MEMBER = re.compile(r"^(?:property |classmethod )?(\w+)(?:\(.*\)(?:\[source\])?|: .+)#$")
_PLACES = {"transport": "", "schema.transport": "schema.", "data.transport": "data."}


def members(page: Path) -> list[str]:
    """Return them as ``tcp.srcport``, ``TCP.name``, ``schema.TCP.srcport``, ``data.MPTCPDSS.ack`` …"""
    found: list[str] = []
    owner = ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"tcp(\.[a-z_]+)+", line):
            found.append(line)
        elif match := _CLASS.match(line):
            owner = _PLACES[match[1]] + match[2]
            found.append(owner)
        elif match := _FUNCTION.match(line):
            found.append(f"schema.{match[1]}")
        elif owner and (match := _MEMBER.match(line)):
            found.append(f"{owner}.{match[1]}")
    return list(dict.fromkeys(found))
