"""Writes the two files of a new protocol: ``python -m unwire.declare.new NAME``. A sketch to fill in; no list has to be told."""

from __future__ import annotations

import re
import sys
from pathlib import Path

PROTOCOL = '''"""{title} (RFC …)."""

from unwire.declare import Packet, field, u8, u16


class {cls}(Packet, over={{"udp.port": 0}}, name="{name}"):
    """{title}"""

    type: u8 = field(0, "{name}.type")
    code: u8 = field(0, "{name}.code")
    length: u16 = field(0, "{name}.length")
'''

TEST = '''"""{title}."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, the frame in hexadecimal, the columns expected
    ("plain", 1, "ffffffffffff 020000000001 0800 …", {{"frame.protocols": "eth:ethertype:ip:udp:{name}", "{name}.type": 0}}),
]


def test_vectors() -> None:
    check(VECTORS)
'''


def write(name: str, root: Path) -> list[Path]:
    """Write both files below `root`; an existing one is an error."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is no module name: lower-case letters, digits and _")
    words = {"name": name, "cls": name.upper() if len(name) < 6 else name.title().replace("_", ""), "title": name.upper()}
    files = {
        root / "python" / "unwire" / "protocols" / f"{name}.py": PROTOCOL,
        root / "tests" / "protocols" / f"test_{name}.py": TEST,
    }
    for path in files:
        if path.exists():
            raise FileExistsError(f"{path} exists")
    for path, text in files.items():
        path.write_text(text.format(**words), encoding="utf-8")
    return list(files)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m unwire.declare.new NAME")
    try:
        for written in write(sys.argv[1], Path.cwd()):
            print(written)
    except (ValueError, OSError) as error:
        sys.exit(str(error))
