"""schema.json is a build product of the protocol files: committed for review, rebuilt and compared here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from unwire import _engine, schema

SCHEMA = ROOT / "crates" / "unwire" / "src" / "schema.json"


def rebuilt() -> str:
    """Build in a process of its own: here, tests have declared classes of their own."""
    code = "import sys; from unwire.declare.build import build; sys.stdout.buffer.write(build().encode())"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.decode()


def test_the_committed_schema_is_what_the_protocol_files_say() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == rebuilt(), "run `make schema` and commit the result"


def test_the_engine_was_built_with_it() -> None:
    committed = {layer["id"] for layer in json.loads(SCHEMA.read_text(encoding="utf-8"))["layers"]}
    assert set(_engine.Schema.built_in().classes()) == committed


def test_a_protocol_file_costs_one_file() -> None:
    """Every protocol module declares something, and nothing else in the package names it but dpkt's closed set of modules."""
    package = ROOT / "python" / "unwire"
    declared = {layer["id"].split(".")[2] for layer in json.loads(SCHEMA.read_text(encoding="utf-8"))["layers"]}
    files = {path.stem for path in (package / "protocols").glob("*.py")} - {"__init__"}
    assert files == declared
    elsewhere = [path for path in package.rglob("*.py") if path.parent.name not in ("protocols", "dpkt")]
    for path in elsewhere:
        assert not [name for name in files if f"protocols.{name}" in path.read_text(encoding="utf-8")], path


def test_unknown_keys_and_versions_are_refused() -> None:
    def refused(document: object) -> str:
        try:
            _engine.Schema.load(json.dumps(document))
        except ValueError as error:
            return str(error)
        raise AssertionError("accepted")

    assert "version 2" in refused({"version": 2, "layers": []})
    assert "unknown field" in refused({"version": 1, "layers": [], "surprise": 1})
    layer = {"id": "x.Y", "kind": "packet", "fields": [], "colour": "red"}
    assert "colour" in refused({"version": 1, "layers": [layer]})
    field = {"name": "a", "type": {"n": 2, "t": "uint"}}
    assert 'begins with "t", not with "n"' in refused({"version": 1, "layers": [{"id": "x.Y", "kind": "packet", "fields": [field]}]})


def test_escapes_are_read() -> None:
    title = 'what is "x\\y"\n\u00fc\U0001f40d?'
    fields = [{"name": "a", "type": {"t": "uint", "n": 1}, "column": "x.\u00fc", "names": {"1": "\u00fc"}}]
    document = json.dumps({"version": 1, "layers": [{"id": "x.Y", "kind": "packet", "title": title, "fields": fields}]})
    loaded = _engine.Schema.load(document)
    assert loaded.has_column("x.\u00fc")
    assert loaded.field("x.\u00fc") == ("uint", 1, {"\u00fc": [1]})
    layer = loaded.layer("x.Y")
    assert layer and layer["title"] == title


def test_two_classes_with_one_column_and_two_types_are_an_error(tmp_path: Path) -> None:
    fields = [{"name": "a", "type": {"t": "uint", "n": 2}, "column": "x.a"}], [{"name": "a", "type": {"t": "ip4"}, "column": "x.a"}]
    layers = [{"id": f"x.L{n}", "kind": "packet", "fields": f} for n, f in enumerate(fields)]
    try:
        _engine.Schema.load(json.dumps({"version": 1, "layers": layers}))
    except ValueError as error:
        assert 'column "x.a" has two types' in str(error)
    else:
        raise AssertionError("accepted")


def test_packages_that_name_the_group_are_found_where_they_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {name: tmp_path / name for name in ("names", "others", "none")}
    for name, text in ("names", "[unwire.protocols]\nx = x\n"), ("others", "[console_scripts]\nx = x:y\n"), ("none", ""):
        package = folders[name] / "x-1.0.dist-info"
        package.mkdir(parents=True)
        if text:
            (package / "entry_points.txt").write_text(text)
    archive = tmp_path / "x.zip"
    archive.write_bytes(b"PK")
    may = schema._may_name_the_group
    assert [may(str(folder)) for folder in folders.values()] == [True, False, False]
    # An archive is for the library to read; what is not there, or inside an archive, is nothing.
    assert [may(str(place)) for place in (archive, archive / "x", tmp_path / "nowhere")] == [True, False, False]
    monkeypatch.chdir(folders["names"])
    assert may("")
