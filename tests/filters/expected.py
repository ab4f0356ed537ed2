"""Asks tshark which frames each filter of filters.txt, and each rule of its own dfilters and colorfilters, selects; writes expected.json beside it.

``python tests/filters/expected.py``. Captures are those of ../shared/conformance that have most of some declared protocol, a few common ones,
and some more of what applications say. Each filter is run on all of them at once (mergecap), and kept for the first captures in which it
selects neither nothing nor everything; test_filters.py compares. Nothing is chosen by what unwire says.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
KIT = HERE.resolve().parents[2] / "shared" / "conformance"
#: Each frame alone, with checksums verified and numbers as they stand: what `packets` shows.
OPTIONS = [
    word
    for option in (
        "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:TRUE", "tcp.relative_sequence_numbers:FALSE",
        "ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE",
    )
    for word in ("-o", option)
]  # fmt: skip
#: What is said in streams is said in whole datagrams and segments in order, wherever pieces of them were captured.
STREAMS = re.compile(r"\b(http|tls|ssl|x509\w*)\b")
IN_STREAMS = ["-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE", "-o", "tcp.reassemble_out_of_order:TRUE"]
#: Larger captures, with much that is common.
COMMON = ("nDPI__android.pcap", "nDPI__whatsapp.pcap")
#: Protocols of applications, which streams carry: so many captures that have most of each.
APPLICATIONS, OF_EACH = ("http", "tls", "dns", "mdns", "llmnr", "ssdp", "quic"), 3
#: Captures of one filter, and frames of the smaller captures.
EACH, MOST = 2, 120
#: Captures that were made to break a reader say little about filters; conformance compares them field by field.
BROKEN = re.compile("asan|oob|overflow|fuzz|trunc|bad|crash|malform|heap|segv|segfault|cve|corrupt|error|invalid|radiuslayer|crazy", re.IGNORECASE)


def filters() -> list[str]:
    """Return the filters of filters.txt."""
    lines = (HERE / "filters.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def rules(folder: Path = Path("/usr/share/wireshark")) -> list[str]:
    """Return the rules that Wireshark brings, of its dfilters and colorfilters."""
    found: dict[str, None] = {}
    for path in sorted([*folder.rglob("dfilters"), *folder.rglob("colorfilters")]):
        for line in path.read_text(encoding="utf-8").splitlines():
            color, named = re.match(r"@[^@]*@(.*)@\[", line), re.match(r'"[^"]*"\s+(.*)', line)
            if rule := color or named:
                found[rule[1]] = None
    return list(found)


def tshark(*arguments: str) -> tuple[str, str]:
    """Run tshark without anybody's preferences."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "TZ": "UTC", "LC_ALL": "C.UTF-8", "WIRESHARK_CONFIG_DIR": home}
        done = subprocess.run(["tshark", *arguments], capture_output=True, text=True, env=environment, check=False, timeout=300)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "Running as" not in line)


def version() -> str:
    """Return tshark's version."""
    found = re.search(r"\d+\.\d+\.\d+", tshark("--version")[0])
    assert found
    return found[0]


def select(capture: Path, expression: str) -> tuple[list[int], str]:
    """Return the frames that tshark selects, and what it says against the filter."""
    options = [*OPTIONS, *(IN_STREAMS if STREAMS.search(expression) else ())]
    out, said = tshark("-n", *options, "-r", str(capture), "-Y", expression, "-T", "fields", "-e", "frame.number")
    return [int(line) for line in out.split()], said.strip().split("\n")[0] if said and not out else ""


def candidates() -> list[Path]:
    """Return the captures: common ones first, then of each declared protocol the one with most of its frames that is no larger than `MOST`."""
    import pyarrow.parquet as pq

    from unwire import schema

    rows = pq.read_table(KIT / "truth" / "packets.parquet", columns=["capture", "frame.protocols"]).to_pylist()
    frames = Counter(row["capture"] for row in rows)
    best: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if frames[row["capture"]] <= MOST and not BROKEN.search(row["capture"]):
            for name in set((row["frame.protocols"] or "").split(":")):
                best[name][row["capture"]] += 1
    names = dict.fromkeys(COMMON)
    for protocol in sorted(set(schema.current().protocols()) & set(best)):
        names[best[protocol].most_common(1)[0][0]] = None
    for protocol in APPLICATIONS:
        names.update(dict.fromkeys(capture for capture, _ in best[protocol].most_common(OF_EACH)))
    return [KIT / "captures" / name for name in names]


def main() -> None:
    """Ask, and write."""
    captures = candidates()
    sizes = [len(select(path, "frame")[0]) for path in captures]
    sys.stdout.write(f"{sum(sizes)} frames\n")
    captures, sizes = zip(*((path, size) for path, size in zip(captures, sizes, strict=True) if size), strict=True)
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "merged.pcapng"
        subprocess.run(["mergecap", "-a", "-w", str(merged), *map(str, captures)], check=True)

        def ask(expression: str) -> list[dict[str, object]]:
            frames, said = select(merged, expression)
            if said:
                return [{"filter": expression, "error": said}]
            start, found = 0, []
            for path, size in zip(captures, sizes, strict=True):
                found.append((path.name, size, [frame - start for frame in frames if start < frame <= start + size]))
                start += size
            chosen = [one for one in found if 0 < len(one[2]) < one[1]][:EACH] or found[:1]
            return [{"filter": expression, "capture": name, "frames": ranges(inside)} for name, _, inside in chosen]

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            asked = [row for rows in pool.map(ask, dict.fromkeys([*filters(), *rules()])) for row in rows]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in asked)
    text = f'{{"tshark": "{version()}", "asked": [\n{lines}\n]}}\n'
    (HERE / "expected.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(asked)} rows over {len(captures)} captures, {sum(sizes)} frames\n")


def ranges(frames: list[int]) -> str:
    """Return frame numbers as ``1-9,20``."""
    made: list[list[int]] = []
    for frame in frames:
        if made and frame == made[-1][1] + 1:
            made[-1][1] = frame
        else:
            made.append([frame, frame])
    return ",".join(f"{first}-{last}" if first < last else f"{first}" for first, last in made)


if __name__ == "__main__":
    main()
