"""Who may know whom: the import directions and the absences that ARCHITECTURE.md promises."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "python" / "unwire"
ENGINE = ROOT / "crates" / "unwire" / "src"

#: What each part of the Python package may import of the others.
MAY_IMPORT = {
    # What addresses are knows nothing else.
    "addresses": set(),
    "suggest": set(),
    "declare": {"addresses", "declare", "suggest"},
    # Names of ports are data.
    "protocols": {"protocols", "declare", "data", "errors"},
    # `import_module` in it names no other part than its own and the protocols.
    "errors": set(),
    "schema": {"_engine", "declare", "errors", "suggest"},
    "inspect": {"_engine", "errors", "schema", "suggest"},
    "tables": {"_engine", "capture", "data", "declare", "errors", "inspect", "schema", "suggest", "tables"},
    # Messages are shown as dpkt's objects.
    "capture": {"_engine", "capture", "dpkt", "errors", "filters", "schema", "suggest", "tables"},
    "filters": {"_engine", "errors", "filters", "schema", "suggest"},
    "dpkt": {"_engine", "declare", "dpkt", "errors", "protocols"},
}

#: What each module of the engine may use of the others, and where a row is missing, anything.
MAY_USE = {
    "error": set(),
    "reader": {"error"},
    "told": set(),
    # The short way and what decides are parts of the schema in files of their own: layers boiled down to numbers when the schema is read.
    # Decoders are known by number; the schema looks the numbers up.
    "schema": {"deciding", "error", "native", "quick", "schema", "told"},
    # Numbers as text.
    "digits": set(),
    "native": {"digits", "error"},
    "near": set(),
    "quick": {"error", "near", "schema"},
    "number": {"near", "quick", "schema"},
    "deciding": {"number", "quick", "schema"},
    "notes": set(),
    "recall": {"notes"},
    "lists": {"dissect", "layout", "notes", "recall", "schema"},
    "layout": {"error", "notes", "reader", "schema"},
    "items": {"error", "layout", "schema"},
    "dissect": {"error", "layout", "quick", "reader", "schema"},
    "memo": {"dissect", "lesson", "questions", "schema", "shape"},
    "questions": {"glance", "lesson", "near", "ports", "schema", "window"},
    "window": {"lesson", "near", "ports"},
    "glance": {"lesson", "near"},
    "lesson": {"deciding", "near", "ports", "shape"},
    "ports": {"deciding", "dissect", "near", "number", "quick", "schema", "shape"},
    "going": {"deciding", "dissect", "error", "lesson", "memo", "ports", "quick", "schema", "shape"},
    "block": {"capture", "dissect", "reader", "shape", "walk"},
    "shape": {"deciding", "dissect", "error", "layout", "quick", "schema"},
    "walk": {"dissect", "error", "going", "layout", "lesson", "memo", "reader", "schema", "shape", "told"},
    "info": {"dissect", "layout", "reader", "schema", "value", "walk"},
    "step": {"dissect", "error", "quick", "reader", "schema"},
    "build": {"given", "layout", "reader", "schema"},
    "parts": {"layout", "schema"},
    "checksum": {"dissect", "layout", "reader", "schema"},
    "value": {"checksum", "dissect", "error", "layout", "native", "schema"},
    "conn": {"capture", "columns", "error", "filter", "pool", "schema", "seeing", "stream"},
    "filter": {
        "block",
        "capture",
        "columns",
        "dissect",
        "error",
        "layout",
        "parts",
        "pool",
        "quick",
        "reader",
        "schema",
        "text",
        "told",
        "value",
        "walk",
    },
    "capture": {"capture", "told"},
    "seeing": {
        "block",
        "capture",
        "checksum",
        "columns",
        "dissect",
        "error",
        "layout",
        "parts",
        "near",
        "number",
        "quick",
        "reader",
        "schema",
        "stream",
        "value",
        "walk",
    },
    "pool": {"capture"},
    # Reassembly takes plain numbers and bytes.
    "stream": {"told"},
    # Who listens to streams stands between these and those who understand what they say.
    "listening": {"native", "stream"},
    "ruling": {"native", "schema"},
    "tracking": {"capture", "listening", "native", "ruling", "schema", "seeing", "stream", "told"},
    "streams": {"capture", "schema", "seeing", "stream"},
    "tally": set(),
}


def imported(path: Path) -> set[str]:
    """Return the parts of unwire that a Python file imports when it runs."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update([node.module] if node.module != "unwire" else [f"unwire.{alias.name}" for alias in node.names])
    return {name.split(".")[1] for name in names if name.startswith("unwire.")}


def test_python_imports_go_one_way() -> None:
    for part, allowed in MAY_IMPORT.items():
        files = [PACKAGE / f"{part}.py"] if (PACKAGE / f"{part}.py").exists() else list((PACKAGE / part).rglob("*.py"))
        assert files, part
        for path in files:
            # The schema is built from all protocols, and objects are the engine's where there is one already.
            found = imported(path) - {"build.py": {"protocols"}, "engine_half.py": {"_engine"}}.get(path.name, set())
            assert found <= allowed, f"{path.relative_to(ROOT)} imports {found - allowed}"


def test_engine_modules_use_only_what_lies_below() -> None:
    for module, allowed in MAY_USE.items():
        files = [ENGINE / f"{module}.rs"] if (ENGINE / f"{module}.rs").exists() else list((ENGINE / module).rglob("*.rs"))
        assert files, module
        for path in files:
            code = path.read_text(encoding="utf-8").split("#[cfg(test)]")[0]
            found = set(re.findall(r"\bcrate::(\w+)", code)) - {module}
            assert found <= allowed, f"{path.relative_to(ROOT)} uses {found - allowed}"


def test_the_engine_knows_no_protocol_no_python_and_no_unsafe() -> None:
    layers = json.loads((ENGINE / "schema.json").read_text(encoding="utf-8"))["layers"]
    names = {layer["name"] for layer in layers if layer.get("name")} | {over["space"] for layer in layers for over in layer["over"]}
    columns = {field["column"] for layer in layers for field in layer["fields"] if "column" in field}
    for path in ENGINE.rglob("*.rs"):
        code = path.read_text(encoding="utf-8")
        if path.parent.name == "native":
            continue  # the one place that does
        texts = set(re.findall(r'"([^"\n]*)"', "\n".join(line.split("//")[0] for line in code.splitlines())))
        # `link` is where every frame begins, `message` what streams say: the spaces that the engine must know; JSON has a word `null`, too.
        assert not (texts & (names | columns)) - {"link", "message", "null"}, f"{path.name} names a protocol"
        assert "pyo3" not in code, f"{path.name} knows Python"
    assert "#![forbid(unsafe_code)]" in (ENGINE / "lib.rs").read_text(encoding="utf-8")


def test_unsafe_is_in_one_module() -> None:
    assert 'unsafe_code = "deny"' in (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    allowing = [path.name for path in (ROOT / "crates").rglob("*.rs") if "allow(unsafe_code)" in path.read_text(encoding="utf-8")]
    assert allowing == ["raw.rs"]


def test_importing_unwire_is_cheap() -> None:
    code = "import sys, unwire; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    heavy = ("rich", "click", "pyarrow", "polars", "pandas", "numpy", "unwire.protocols", "unwire._engine", "unwire.declare")
    assert not [name for name in loaded if name.startswith(heavy)]


def test_no_file_is_a_giant() -> None:
    """A protocol has at most 200 lines, a module 450: past that it should have been something else."""
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "crates").rglob("*.rs")]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= (200 if path.parent.name == "protocols" else 450), f"{path.relative_to(ROOT)} has {lines} lines"
