"""The recipes in examples/recipes print the same with unwire as with dpkt: the import line is all that differs."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

import unwire
from conftest import ROOT

RECIPES = ROOT / "examples" / "recipes"
OURS, THEIRS = "from unwire import dpkt\n", "import dpkt\n"

#: Recipes that print what they find in a capture, the format they read, and words that their output holds.
READERS = [
    ("reading", "pcap", "Size: 110"),
    ("reading", "pcapng", "Size: 110"),
    ("decoding", "pcap", "'src_ip': '2001:db8:1::10', 'dst_ip': '2001:db8:1::1', 'ip_len': 40, 'protocol': 'TCP'"),
    ("flows", "pcap", " -> ('192.0.2.1', 80): "),
    ("traffic", "pcap", "protocols [('TCP', 192), ('UDP', 88), ('ICMP', 29)]"),
    ("http", "pcap", "'type': 'response', 'status': '200', 'reason': 'OK'"),
    ("dns", "pcap", "'cname': "),
    ("mistakes", "pcap", "Parse errors: 1"),
    ("mistakes", "pcapng", "Parse errors: 0"),
]


@pytest.fixture(scope="session")
def copy(office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example capture as pcap, which most of dpkt's users have, and behind it a frame shorter than Ethernet's header."""
    path = tmp_path_factory.mktemp("recipes") / "office.pcap"
    with unwire.Writer(path, nanoseconds=False) as out:
        for record in unwire.open(office).records():
            out.write(record)
        out.write(bytes(10), time_ns=1_800_000_000_000_000_000)
    return path


def run(recipe: str, imported: str, *arguments: Path) -> None:
    """Run a recipe as a script, with one of the imports."""
    source = (RECIPES / f"{recipe}.py").read_text(encoding="utf-8")
    assert source.count(OURS) == 1
    before, sys.argv = sys.argv, [recipe, *map(str, arguments)]
    try:
        exec(compile(source.replace(OURS, imported), f"{recipe}.py", "exec", dont_inherit=True), {"__name__": "__main__"})
    finally:
        sys.argv = before


@pytest.mark.parametrize(("recipe", "format", "words"), READERS)
def test_a_recipe_prints_what_it_prints_with_dpkt(
    recipe: str, format: str, words: str, office: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("dpkt")
    capture = {"pcap": copy, "pcapng": office}[format]
    printed = []
    for imported in (OURS, THEIRS):
        run(recipe, imported, capture)
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert words in printed[0]


@pytest.mark.parametrize("imported", [OURS, THEIRS])
def test_a_file_without_a_header_is_no_capture(imported: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.pcap").touch()
    run("mistakes", imported, tmp_path / "empty.pcap")
    assert capsys.readouterr().out == "no capture\n"


def test_the_same_packet_is_written_as_with_dpkt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dpkt")
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.25)
    written = []
    for name, imported in (("ours.pcap", OURS), ("theirs.pcap", THEIRS)):
        run("writing", imported, tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert written[0].endswith(bytes.fromhex("4500002800000000 4006f77c c0a80101 c0a80102 30390050 deadbeef 00000000 5002ffff 5e680000"))


def test_versions_of_tls_have_parts(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With dpkt the recipe ends at its first hello: a version there is a number without parts."""
    run("tls", OURS, copy)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 2
    assert all("'tls_version': '3.1'" in line for line in lines)
    assert any("'sni': 'www.example.com'" in line for line in lines)


def test_the_way_of_unwire_finds_more(office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["messages", str(office)])
    exec(compile((RECIPES / "messages.py").read_text(encoding="utf-8"), "messages.py", "exec", dont_inherit=True), {"__name__": "__main__"})
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("text/html 1193") or "40000" in line for line in lines)
    assert sum(" t1" in line for line in lines) >= 5


def test_every_recipe_is_listed() -> None:
    page = (RECIPES / "README.md").read_text(encoding="utf-8")
    names = {path.stem for path in RECIPES.glob("*.py")}
    assert names == {recipe for recipe, *_ in READERS} | {"writing", "tls", "messages"}
    assert all(f"`{name}.py CAPTURE" in page for name in names)
